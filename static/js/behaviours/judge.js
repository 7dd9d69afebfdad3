// The judge's screen: marks by steps or keyboard, stored at once; a stale page asks instead of overwriting.
const WORDS = {
  saving: "đang lưu",
  saved: "Đã lưu",
  kept: "Chưa gửi, còn giữ trên máy này",
  changed: "Đã đổi ở máy khác",
  refused: "Chưa ghi được",
  out: "Hết phiên đăng nhập",
};
const ICONS = { saving: "arrow-up", saved: "cloud-check", kept: "cloud-slash" };
const number = (text) =>
  /^\s*[0-9]{1,6}([.,][0-9]{1,3})?\s*$/.test(text) ? Number(text.replace(",", ".")) : null;
const shown = (value) => String(Math.round(value * 1000) / 1000).replace(".", ",");

export default function (screen) {
  const form = document.getElementById("sheet"),
    spot = document.querySelector("[data-save-state]"),
    key = `kheo:${screen.dataset.kept}`;
  const criteria = [...form.querySelectorAll("[data-criterion]")].map((box) => ({
    box,
    input: box.querySelector("input.mark"),
    stepper: box.querySelector(".stepper"),
    words: box.querySelector(".words"),
    max: Number(box.dataset.max),
    min: Number(box.dataset.min),
    step: Number(box.dataset.step),
  }));
  const locked = form.querySelector("fieldset").disabled;
  // Everything the sheet holds: what is kept, compared with another tab and put back, the note as the marks.
  const note = form.elements.comment,
    shared = form.elements.comment_shared;
  const fields = [
    ...criteria.map((c) => ({
      name: c.input.name,
      label: c.input.dataset.name,
      get: () => c.input.value,
      set: (value) => (c.input.value = value),
      say: (value) => value || "chưa chấm",
    })),
    {
      name: "comment",
      label: "Ghi chú",
      get: () => note.value.trim(),
      set: (value) => (note.value = value),
      say: (value) => (value ? `“${value}”` : "để trống"),
    },
    {
      name: "comment_shared",
      label: "Cho hội đồng đọc",
      get: () => (shared.checked ? "y" : ""),
      set: (value) => (shared.checked = value === "y"),
      say: (value) => (value ? "có" : "không"),
    },
  ];
  let timer = 0,
    running = null,
    dirty = false;

  const say = (state, more = "") => {
    spot.dataset.state = state;
    const image = document.createElementNS("http://www.w3.org/2000/svg", "svg"),
      use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    image.setAttribute("class", "icon");
    image.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${screen.dataset.icons}#${ICONS[state] || "exclamation-circle"}`);
    image.append(use);
    spot.replaceChildren(image, ` ${WORDS[state]}${more}`);
  };
  const keep = () => {
    try {
      const values = Object.fromEntries(fields.map((f) => [f.name, f.get()]));
      localStorage.setItem(key, JSON.stringify({ ...values, version: form.elements.version.value }));
    } catch {
      /* private mode */
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(key);
    } catch {
      /* the same */
    }
  };

  function problem(c) {
    const value = number(c.input.value);
    if (!c.input.value.trim()) {
      return "";
    }
    if (value === null) {
      return "Hãy nhập số, ví dụ 8,5";
    }
    if (value < c.min || value > c.max) {
      return `Từ ${shown(c.min)} đến ${shown(c.max)}`;
    }
    const steps = (value - c.min) / c.step;
    if (Math.abs(steps - Math.round(steps)) > 1e-6) {
      const low = c.min + Math.floor(steps) * c.step;
      return `Chọn ${shown(low)} hoặc ${shown(Math.min(low + c.step, c.max))}`;
    }
    return "";
  }
  function paint() {
    let sum = 0,
      ceiling = 0,
      whole = true;
    for (const c of criteria) {
      const value = number(c.input.value),
        wrong = problem(c),
        empty = !c.input.value.trim();
      c.stepper.classList.toggle("unscored", empty);
      c.stepper.classList.toggle("refused", Boolean(wrong));
      c.input.setAttribute("aria-invalid", wrong ? "true" : "false");
      c.words.textContent = wrong || (empty ? "Chưa chấm" : c.words.dataset.anchor);
      c.words.classList.toggle("bad", Boolean(wrong));
      c.words.classList.toggle("late", empty && !wrong);
      if (value === null || wrong) {
        whole = false;
      } else {
        sum += value;
        ceiling += c.max;
      }
    }
    const any = ceiling > 0;
    form.querySelector("[data-total]").textContent = any ? shown(sum) : "–";
    form.querySelector("[data-of]").textContent =
      `/${shown(whole || !any ? criteria.reduce((s, c) => s + c.max, 0) : ceiling)}`;
    place(whole ? sum : null, any);
  }
  function place(total, any) {
    const dots = form.querySelector("[data-dots]"),
      others = dots.dataset.totals.split(" ").filter(Boolean).map(Number),
      words = form.querySelector("[data-place]"),
      progress = screen.querySelector(".judge-head progress");
    // The head counts with the sheet beside it, not as it was when the page came.
    progress.value = others.length + (total === null ? 0 : 1);
    progress.ariaLabel = `Đã chấm ${progress.value} trong ${progress.max}`;
    screen.querySelector("[data-scored]").textContent = `${progress.value}/${progress.max}`;
    dots.querySelector(".this")?.remove();
    if (total === null) {
      const left = criteria.flatMap((c, i) => (c.input.value.trim() && !problem(c) ? [] : [i + 1]));
      words.textContent = any ? `Chưa tính tiêu chí ${left.join(", ")}` : "Chưa chấm";
      return;
    }
    const rank = others.filter((t) => t > total).length + 1,
      tied = others.some((t) => Math.abs(t - total) < 1e-9),
      bold = document.createElement("b");
    bold.textContent = `thứ ${rank}`;
    words.replaceChildren(
      "Đang ",
      bold,
      `${tied ? " (bằng điểm)" : ""} trong ${others.length + 1} tác phẩm của mình`,
    );
    const low = Number(dots.dataset.min),
      high = Number(dots.dataset.max),
      dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    dot.setAttribute("class", "this");
    dot.setAttribute("cx", 6 + (388 * (total - low)) / (high - low));
    dot.setAttribute("cy", 22);
    dot.setAttribute("r", 8);
    dots.append(dot);
  }
  async function save() {
    if (running) {
      return running;
    }
    if (locked || criteria.some(problem)) {
      if (!locked) {
        say("refused", ": xem chỗ báo đỏ");
      }
      return false;
    }
    dirty = false;
    say("saving");
    running = (async () => {
      try {
        const answer = await fetch(screen.dataset.url, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
          headers: { "X-Requested-With": "fetch" },
        });
        if (answer.ok) {
          const saved = await answer.json();
          form.elements.version.value = saved.version;
          say("saved", ` ${saved.at}`);
          if (!dirty) {
            forget();
          }
          return true;
        }
        keep();
        if (answer.status === 401) {
          say("out");
          const link = Object.assign(document.createElement("a"), {
            href: `/accounts/login?next=${encodeURIComponent(location.pathname)}`,
            textContent: " Đăng nhập lại",
          });
          spot.append(link);
          return false;
        }
        const told = await answer.json().catch(() => ({}));
        if (told.state === "changed") {
          say("changed");
          choose(told);
          return false;
        }
        if (answer.status < 500) {
          say("refused", told.message ? `: ${told.message}` : "");
          return false;
        }
        throw new Error("busy");
      } catch {
        keep();
        say("kept");
        clearTimeout(timer);
        timer = setTimeout(save, 6000);
        return false;
      }
    })();
    const done = await running;
    running = null;
    if (dirty) {
      later(400);
    }
    return done;
  }
  function later(after) {
    clearTimeout(timer);
    timer = setTimeout(save, after);
  }
  function touched(after = 700) {
    dirty = true;
    keep();
    paint();
    later(after);
  }

  function choose(told) {
    const dialog = document.getElementById("changed"),
      list = document.createElement("ul");
    for (const f of fields) {
      const theirs = told.values[f.name] || "",
        mine = f.get();
      if (theirs !== mine) {
        list.append(
          Object.assign(document.createElement("li"), {
            textContent: `${f.label}: ở đây ${f.say(mine)}, ở máy kia ${f.say(theirs)}`,
          }),
        );
      }
    }
    dialog.querySelector("[data-both]").replaceChildren(list);
    for (const button of dialog.querySelectorAll("[data-keep]")) {
      button.onclick = () => {
        form.elements.version.value = told.version;
        if (button.dataset.keep === "theirs") {
          for (const f of fields) {
            f.set(told.values[f.name] || "");
          }
          forget();
          paint();
          say("saved");
        } else {
          touched(10);
        }
        dialog.close();
      };
    }
    dialog.showModal();
  }

  function step(c, by) {
    const value = number(c.input.value);
    c.input.value = shown(
      value === null ? c.min : Math.min(c.max, Math.max(c.min, value + by * c.step)),
    );
    touched(500);
  }
  for (const c of criteria) {
    if (locked) {
      continue;
    }
    c.input.addEventListener("input", () => touched());
    c.input.addEventListener("focus", () => c.input.select());
    for (const button of c.stepper.querySelectorAll("[data-by]")) {
      button.addEventListener("click", () => {
        // On an empty mark the keypad opens instead.
        if (number(c.input.value) !== null) {
          step(c, Number(button.dataset.by));
        }
      });
    }
    // The buttons are for fingers; at the keyboard Tab goes from mark to mark and the arrows do what they do.
    c.input.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (by) {
        event.preventDefault();
        step(c, by);
      }
    });
  }
  for (const field of [note, shared]) {
    field.addEventListener("input", () => touched(1200));
  }
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.dataset.sure) {
      return;
    }
    event.preventDefault();
    clearTimeout(timer);
    if (running) {
      await running;
    }
    if ((await save()) || !dirtyNow()) {
      location.href = nextUrl();
    }
  });
  const dirtyNow = () => dirty || ["kept", "changed", "refused", "out"].includes(spot.dataset.state);
  const nextUrl = () => screen.dataset.onward;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) {
      return;
    }
    const writing = event.target.matches("textarea, input");
    if (event.key === "Enter" && !event.target.matches("textarea, button, a")) {
      event.preventDefault();
      if (!locked) {
        form.requestSubmit();
      }
    } else if (!writing && event.key === "ArrowRight") {
      document.querySelector("[data-later]")?.requestSubmit();
    } else if (!writing && /^[1-9]$/.test(event.key)) {
      const c = criteria[Number(event.key) - 1];
      if (c) {
        event.preventDefault();
        c.input.focus();
      }
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) {
      event.preventDefault();
    }
  });
  window.addEventListener("online", () => {
    if (spot.dataset.state === "kept") {
      later(10);
    }
  });

  restore();
  paint();

  function restore() {
    let kept = null;
    try {
      kept = JSON.parse(localStorage.getItem(key));
    } catch {
      return;
    }
    if (!kept || locked) {
      forget();
      return;
    }
    const held = (f) => kept[f.name] ?? "",
      differs = fields.some((f) => held(f) !== f.get());
    if (!differs) {
      forget();
      return;
    }
    const told = {
      values: Object.fromEntries(fields.map((f) => [f.name, f.get()])),
      version: form.elements.version.value,
    };
    for (const f of fields) {
      f.set(held(f));
    }
    if (kept.version === form.elements.version.value) {
      touched(10);
    } else {
      choose(told);
    }
  }
}
