// Saves a form while it is typed: a fixed spot says saving, saved, kept on this device, or changed elsewhere.
const WORDS = {
  saving: "đang lưu",
  saved: "Đã lưu",
  kept: "Chưa gửi, còn giữ trên máy này",
  changed: "Đã đổi ở máy khác",
  refused: "Chưa lưu được: xem lại chỗ báo đỏ",
  turned: "Chưa lưu được, chữ còn giữ trên máy này",
  out: "Phiên đăng nhập đã hết, chữ còn giữ trên máy này",
};

export default function (form) {
  const key = `kheo:${form.dataset.kept}`;
  const spot = document.querySelector("[data-save-state]");
  let timer = 0,
    running = false,
    dirty = false,
    stopped = false,
    waiting = null;

  const say = (state, more = "") => {
    if (spot) {
      spot.dataset.state = state;
      spot.textContent = WORDS[state] + more;
    }
  };
  const typed = () =>
    [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && !["csrf_token", "number", "revision"].includes(name),
    );
  const keep = () => {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: typed() }));
    } catch {
      /* private mode: nothing to keep it in */
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(key);
    } catch {
      /* the same */
    }
  };

  async function save() {
    if (running || stopped) {
      return;
    }
    running = true;
    dirty = false;
    say("saving");
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Requested-With": "fetch" },
      });
      if (answer.ok) {
        const saved = await answer.json();
        form.elements.number.value = saved.number;
        form.elements.revision.value = saved.revision;
        mark([]);
        say("saved", ` ${saved.at}`);
        if (!dirty) {
          forget();
        }
      } else if (answer.status === 401) {
        keep();
        say("out");
        stopped = true;
        offer(location.pathname);
      } else if (answer.status === 409) {
        keep();
        say("changed");
        stopped = true;
        offer("");
      } else if (answer.status === 422) {
        keep();
        const found = await answer.json().catch(() => ({}));
        const errors = found.errors || [];
        const whole = found.message || errors.find(([id]) => !id)?.[2];
        const marked = mark(errors);
        say(whole ? "turned" : marked ? "refused" : "kept", whole ? `. ${whole}` : "");
      } else if (answer.status < 500 && ![408, 429].includes(answer.status)) {
        // The same again would be turned away again; the server says what to do.
        keep();
        const words = await answer.text();
        say("turned", `. ${words.startsWith("{") ? JSON.parse(words).message : words}`);
      } else {
        keep();
        say("kept");
        again(15000);
      }
    } catch {
      keep();
      say("kept");
      again(8000);
    }
    running = false;
    if (waiting) {
      // The button pressed meanwhile goes on now, from the revision that was just stored.
      const { button } = waiting;
      waiting = null;
      form.requestSubmit(button);
    } else if (dirty) {
      again(900);
    }
  }
  function again(after) {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  }
  // Each refused field says what is wrong beside it; the one being typed in is left in peace.
  function mark(errors) {
    for (const old of form.querySelectorAll(".error[data-said]")) {
      const field = old.closest(".field");
      field.classList.remove("has-error");
      field.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
      old.remove();
    }
    let marked = 0;
    for (const [id, , words] of errors) {
      const field = document.getElementById(id);
      const place = field?.closest(".field");
      if (place && field !== document.activeElement && !place.querySelector(".error")) {
        const line = Object.assign(document.createElement("div"), { className: "error", textContent: words });
        line.dataset.said = "";
        place.classList.add("has-error");
        field.setAttribute("aria-invalid", "true");
        place.append(line);
      }
      marked += Boolean(place?.querySelector(".error"));
    }
    return marked;
  }
  // A kept row that the page does not have is added to its list first.
  function room(name) {
    const number = Number((name.match(/-(\d+)-/) || [])[1]);
    const button = form.querySelector("[data-behaviour~=rows] > button");
    for (let tries = 0; !form.elements[name] && button && tries <= number; tries += 1) {
      button.click();
    }
    return form.elements[name];
  }
  function offer(next) {
    if (!spot) {
      return;
    }
    const link = document.createElement("a");
    link.href = next ? `/accounts/login?next=${encodeURIComponent(next)}` : location.href;
    link.textContent = next ? " Đăng nhập lại" : " Tải bản mới";
    spot.append(link);
  }
  function restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(key));
    } catch {
      return;
    }
    // The server drops blanks at the ends, and finds what a typed name stands for: only what people see is compared.
    const bare = (fields) =>
      JSON.stringify(
        fields
          .filter(([name]) => form.elements[name]?.type !== "hidden")
          .map(([name, value]) => [name, value.replaceAll("\r", "").trim()]),
      );
    if (!kept || bare(kept.fields) === bare(typed())) {
      forget();
      return;
    }
    const notice = document.createElement("div");
    notice.className = "notice warning";
    notice.append("Trên máy này còn chữ chưa gửi được lần trước. ");
    const yes = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button small",
      textContent: "Lấy lại",
    });
    const no = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button small plain",
      textContent: "Bỏ",
    });
    yes.addEventListener("click", () => {
      for (const [name, value] of kept.fields) {
        const field = room(name);
        if (!field) {
          continue;
        }
        if (field instanceof RadioNodeList || field.type === "checkbox" || field.type === "radio") {
          for (const one of field.length === undefined ? [field] : field) {
            if (one.value === value) {
              one.checked = true;
            }
          }
        } else {
          field.value = value;
        }
      }
      notice.remove();
      dirty = true;
      again(10);
    });
    no.addEventListener("click", () => {
      forget();
      notice.remove();
    });
    notice.append(yes, no);
    form.prepend(notice);
  }

  form.addEventListener("input", () => {
    dirty = true;
    keep();
    again(1200);
  });
  form.addEventListener("change", () => {
    dirty = true;
    again(300);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (running) {
      event.preventDefault();
      waiting = { button: event.submitter };
      return;
    }
    stopped = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty && !stopped) {
      event.preventDefault();
    }
  });
  window.addEventListener("online", () => {
    if (spot && spot.dataset.state === "kept") {
      again(10);
    }
  });
  // The other behaviours have put the form into its shape by then.
  document.addEventListener("kheo:bound", restore, { once: true });
}
