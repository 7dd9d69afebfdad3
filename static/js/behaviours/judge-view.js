// How the judge looks at a work: zoom, text size, which side, the divider, where a film stopped; the next work ahead.
const remember = (key, value) => {
  try {
    localStorage.setItem(`kheo:${key}`, value);
  } catch {
    /* private mode */
  }
};
const recall = (key) => {
  try {
    return localStorage.getItem(`kheo:${key}`);
  } catch {
    return null;
  }
};
const tell = (address, body) =>
  fetch(address, { method: "POST", body, headers: { "X-Requested-With": "fetch" } }).catch(() => {});

export default function (screen) {
  const body = screen.querySelector("[data-body]"),
    work = screen.querySelector("[data-work]"),
    token = screen.querySelector("[name=csrf_token]").value;
  zooming(screen, work);
  showing(screen, work);
  sizing(screen, token);
  folding(screen, body);
  swapping(screen, body);
  dividing(screen.querySelector("[data-divider]"), body);
  screen.querySelectorAll("[data-media]").forEach(resuming);
  if (screen.dataset.next) {
    (window.requestIdleCallback || setTimeout)(() => ahead(screen.dataset.next));
  }
}

function zooming(screen, work) {
  const now = screen.querySelector("[data-zoom-now]");
  let zoom = 100;
  for (const button of screen.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => {
      zoom = Math.min(300, Math.max(50, zoom + 25 * Number(button.dataset.zoom)));
      now.textContent = `${zoom}%`;
      for (const image of work.querySelectorAll("img")) {
        image.style.width = `${zoom}%`;
        image.style.maxWidth = "none";
      }
    });
  }
}

function showing(screen, work) {
  const buttons = screen.querySelectorAll("[data-show]");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      for (const other of buttons) {
        other.setAttribute("aria-pressed", other === button);
      }
      work.classList.toggle("both", button.dataset.show === "both");
      work.querySelector("[data-pages]").hidden = button.dataset.show === "text";
      work.querySelector("[data-text]").hidden = button.dataset.show === "pages";
    });
  }
}

function sizing(screen, token) {
  const sizes = ["", "large", "larger"];
  for (const button of screen.querySelectorAll("[data-size]")) {
    button.addEventListener("click", () => {
      const root = document.documentElement,
        at = sizes.indexOf(root.dataset.textSize || ""),
        size = sizes[Math.min(2, Math.max(0, at + (button.dataset.size ? 1 : -1)))];
      root.classList.remove("text-large", "text-larger");
      if (size) {
        root.classList.add(`text-${size}`);
      }
      root.dataset.textSize = size;
      tell("/accounts/text-size", new URLSearchParams({ size, csrf_token: token }));
    });
  }
}

function folding(screen, body) {
  const button = screen.querySelector("[data-fold]");
  button.addEventListener("click", () => {
    const folded = body.classList.toggle("folded");
    button.setAttribute("aria-expanded", !folded);
  });
}

function swapping(screen, body) {
  const form = screen.querySelector("[data-swap]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell(form.action, new URLSearchParams(new FormData(form)));
    form.elements.side.value = body.classList.toggle("swapped") ? "left" : "right";
  });
}

// The sheet's width beside the work, or the work's height above the sheet, in pixels of this device.
function dividing(divider, body) {
  const stacked = () => getComputedStyle(body).gridTemplateColumns.split(" ").length < 3,
    swapped = () => body.classList.contains("swapped"),
    work = body.querySelector(".work"),
    panel = body.querySelector(".score-panel");
  const limits = () =>
    stacked() ? [160, window.innerHeight - 140] : [320, Math.max(320, body.clientWidth - 320)];
  const size = () => Math.round((stacked() ? work : panel).getBoundingClientRect()[stacked() ? "height" : "width"]);
  const say = () => {
    const [low, high] = limits();
    divider.setAttribute("aria-orientation", stacked() ? "horizontal" : "vertical");
    divider.setAttribute("aria-valuemin", low);
    divider.setAttribute("aria-valuemax", high);
    divider.setAttribute("aria-valuenow", size());
  };
  const set = (pixels) => {
    const [low, high] = limits(),
      kept = Math.round(Math.min(high, Math.max(low, pixels)));
    body.style.setProperty(stacked() ? "--work-height" : "--panel-width", `${kept}px`);
    remember(stacked() ? "work-height" : "panel-width", kept);
    say();
  };
  for (const name of ["work-height", "panel-width"]) {
    const kept = Number(recall(name));
    if (kept) {
      body.style.setProperty(`--${name}`, `${kept}px`);
    }
  }
  divider.addEventListener("pointerdown", (event) => {
    divider.setPointerCapture(event.pointerId);
    body.classList.add("dividing");
    event.preventDefault();
    divider.focus();
  });
  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) {
      return;
    }
    const around = body.getBoundingClientRect();
    if (stacked()) {
      set(swapped() ? work.getBoundingClientRect().bottom - event.clientY : event.clientY - work.getBoundingClientRect().top);
    } else {
      set(swapped() ? event.clientX - around.left : around.right - event.clientX);
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    divider.addEventListener(end, () => body.classList.remove("dividing"));
  }
  divider.addEventListener("dblclick", () => {
    body.style.removeProperty(stacked() ? "--work-height" : "--panel-width");
    remember(stacked() ? "work-height" : "panel-width", "");
    say();
  });
  divider.addEventListener("keydown", (event) => {
    const [low, high] = limits();
    // Arrows move the line itself, so the side the sheet stands on decides whether it grows.
    const way = stacked() || swapped() ? 1 : -1;
    const by = { ArrowLeft: -24, ArrowUp: -24, ArrowRight: 24, ArrowDown: 24 }[event.key];
    if (by) {
      set(size() + way * by);
    } else if (event.key === "Home" || event.key === "End") {
      set(event.key === "Home" ? low : high);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
  window.addEventListener("resize", say);
  say();
  // Only now does it answer to keys: a separator that takes the focus must say where it stands (WAI-ARIA 1.2).
  divider.tabIndex = 0;
}

function resuming(media) {
  const key = `at:${media.dataset.media}`;
  const resume = () => {
    const at = Number(recall(key));
    if (at >= 2 && at < media.duration - 2) {
      media.currentTime = at;
    }
  };
  // A sound that was fetched early may know its length before this script is here.
  if (media.readyState) {
    resume();
  } else {
    media.addEventListener("loadedmetadata", resume, { once: true });
  }
  media.addEventListener("timeupdate", () => remember(key, Math.floor(media.currentTime)));
}

// The first pages, or the beginning of the first sound or film, of the next work are fetched while this one is read.
async function ahead(address) {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    for (const image of [...page.querySelectorAll("[data-pages] img")].slice(0, 4)) {
      new Image().src = image.getAttribute("src");
    }
    const sound = page.querySelector("[data-media]");
    if (sound) {
      const early = document.createElement(sound.localName);
      early.preload = "metadata";
      early.src = sound.getAttribute("src");
    }
  } catch {
    /* the next work is loaded when it is opened */
  }
}
