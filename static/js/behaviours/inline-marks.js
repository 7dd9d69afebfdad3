// Marks changed in the cell: a click or Enter opens it, arrows step, Tab goes on, Escape leaves it as it was.
const WORDS = { saving: "đang lưu", saved: "Đã lưu", failed: "Chưa lưu", changed: "Đã đổi ở máy khác" };
const shown = (value) => String(Math.round(value * 1000) / 1000).replace(".", ",");
const number = (text) => Number(text.replace(",", "."));

export default function (table) {
  const spot = document.querySelector("[data-save-state]");
  const cells = [...table.querySelectorAll("tr[data-open] [data-mark]")];

  const say = (state, more = "") => {
    spot.dataset.state = state === "failed" ? "changed" : state;
    spot.textContent = WORDS[state] + more;
  };
  for (const cell of cells) {
    cell.tabIndex = 0;
    cell.setAttribute("role", "button");
    name(cell);
    cell.addEventListener("click", () => open(cell));
    cell.addEventListener("keydown", (event) => {
      if (event.target === cell && ["Enter", " ", "F2"].includes(event.key)) {
        event.preventDefault();
        open(cell);
      }
    });
  }
  function name(cell) {
    const title = cell.closest("tr").querySelector(".work-of span a").textContent.trim();
    const mark = cell.textContent.trim();
    const words = mark === "–" ? "chưa chấm" : mark;
    cell.setAttribute("aria-label", `${title}, ${cell.dataset.label}: ${words}. Sửa`);
  }
  function open(cell) {
    if (cell.querySelector("input")) {
      return;
    }
    const before = cell.textContent.trim() === "–" ? "" : cell.textContent.trim();
    const input = Object.assign(document.createElement("input"), {
      type: "text",
      inputMode: "decimal",
      value: before,
      className: "mark",
    });
    input.setAttribute("aria-label", `${cell.dataset.label}, tối đa ${shown(Number(column(cell).max))}`);
    cell.replaceChildren(input);
    cell.removeAttribute("role");
    input.focus();
    input.select();
    let left = false;
    const leave = async (keep, next = null) => {
      if (left) {
        return;
      }
      left = true;
      const typed = input.value.trim();
      cell.textContent = typed || "–";
      cell.setAttribute("role", "button");
      if (!keep) {
        cell.textContent = before || "–";
      } else if (typed !== before || cell.matches(".refused")) {
        // What was refused stays as it was typed, marked, until it is put right.
        cell.classList.toggle("refused", !(await send(cell, typed)));
        total(cell.closest("tr"));
      }
      name(cell);
      next?.();
    };
    input.addEventListener("blur", () => leave(true));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        leave(true, () => cell.focus());
      } else if (event.key === "Escape") {
        leave(false, () => cell.focus());
      } else if (event.key === "Tab") {
        const other = cells[cells.indexOf(cell) + (event.shiftKey ? -1 : 1)];
        if (other) {
          event.preventDefault();
          leave(true);
          open(other);
        }
      } else if (["ArrowUp", "ArrowDown"].includes(event.key)) {
        event.preventDefault();
        step(cell, input, event.key === "ArrowUp" ? 1 : -1);
      }
    });
  }
  function column(cell) {
    return table.querySelector(`th[data-column="${cell.dataset.mark}"]`).dataset;
  }
  function step(cell, input, by) {
    const { min, max, step: size } = column(cell),
      value = input.value.trim() ? number(input.value) : Number(min) - by * Number(size);
    if (!Number.isNaN(value)) {
      input.value = shown(Math.min(Number(max), Math.max(Number(min), value + by * Number(size))));
    }
  }
  async function send(cell, typed) {
    const row = cell.closest("tr");
    say("saving");
    // Saves of one row follow each other, so that each knows the version the one before has made.
    row.saving = (row.saving || Promise.resolve()).then(() => post(row, cell, typed));
    return row.saving;
  }
  async function post(row, cell, typed) {
    const body = new URLSearchParams({
      csrf_token: table.dataset.token,
      version: row.dataset.version,
      [cell.dataset.mark]: typed,
    });
    try {
      const answer = await fetch(row.querySelector(".work-of a").href, {
        method: "POST",
        body,
        headers: { "X-Requested-With": "fetch" },
      });
      const told = await answer.json().catch(() => ({}));
      if (told.state === "changed") {
        takeOver(row, told);
        say("changed", `: đã lấy điểm mới nhất của tác phẩm này. “${typed || "bỏ điểm"}” chưa ghi, gõ lại nếu vẫn muốn`);
        return true;
      }
      if (!answer.ok) {
        say("failed", told.message ? `: ${told.message}` : "");
        return false;
      }
      row.dataset.version = told.version;
      say("saved", ` ${told.at}`);
      return true;
    } catch {
      say("failed", ": không tới được máy chủ, hãy thử lại");
      return false;
    }
  }
  // What another tab has stored stands here from now on, so that the next change of this row is not refused again.
  function takeOver(row, told) {
    row.dataset.version = told.version;
    for (const cell of row.querySelectorAll("[data-mark]")) {
      if (!cell.querySelector("input")) {
        cell.textContent = told.values[cell.dataset.mark] || "–";
        cell.classList.remove("refused");
        name(cell);
      }
    }
    total(row);
  }
  function total(row) {
    const marks = [...row.querySelectorAll("[data-mark]")].map(
      (cell) => cell.querySelector("input")?.defaultValue ?? cell.textContent.trim(),
    );
    const whole = !row.querySelector(".refused") && marks.every((mark) => mark && mark !== "–");
    row.querySelector("[data-sum]").textContent = whole
      ? shown(marks.reduce((sum, mark) => sum + number(mark), 0))
      : "–";
    const late = row.querySelector(".late");
    if (late && whole) {
      late.remove();
    }
  }
}
