// Offers names while one types; what is typed stays valid as free text. Arrow keys and Enter choose, Escape closes.
// data-on-field names the box of the day the names are of, data-id-field the one that says which of them was chosen.
let count = 0;

export default function (input) {
  const box = document.createElement("ul");
  box.className = "options";
  box.hidden = true;
  box.setAttribute("role", "listbox");
  box.id = `options-${(count += 1)}`;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-autocomplete", "list");
  input.after(box);
  let found = [],
    at = -1,
    timer = 0,
    asked = 0;
  const other = (key) => (input.dataset[key] ? document.getElementById(input.dataset[key]) : null);
  const close = () => {
    box.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const changed = () => input.dispatchEvent(new Event("change", { bubbles: true }));
  function choose(index) {
    const option = found[index];
    if (!option) {
      return;
    }
    input.value = option.name;
    if (other("idField")) {
      other("idField").value = option.id;
    }
    if (other("detailField")) {
      other("detailField").value = option.detail;
    }
    close();
    changed();
  }
  function mark(index) {
    at = index;
    [...box.children].forEach((item, i) => item.setAttribute("aria-selected", i === at));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `${box.id}-${at}`);
      box.children[at].scrollIntoView({ block: "nearest" });
    }
  }
  async function ask() {
    const mine = (asked += 1);
    const words = input.value.trim();
    if (words.length < 2) {
      close();
      return;
    }
    const source = new URL(input.dataset.source, document.baseURI);
    source.searchParams.set("q", words);
    if (other("onField")) {
      source.searchParams.set("on", other("onField").value);
    }
    const answer = await fetch(source, {
      headers: { "X-Requested-With": "fetch" },
    }).catch(() => null);
    if (mine !== asked || !answer || !answer.ok || document.activeElement !== input) {
      return;
    }
    found = await answer.json();
    box.replaceChildren(
      ...found.map((option, index) => {
        const item = document.createElement("li");
        item.id = `${box.id}-${index}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        const name = document.createElement("b"),
          detail = document.createElement("small");
        name.textContent = option.name;
        detail.textContent = option.detail;
        item.append(name, detail);
        // Chosen when the finger leaves, so that the list can be scrolled and nothing beneath it is touched.
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => choose(index));
        return item;
      }),
    );
    if (!found.length) {
      const item = document.createElement("li");
      item.className = "quiet";
      item.textContent = input.dataset.none || "Chưa có trong danh mục; cứ giữ tên đã gõ.";
      box.append(item);
    }
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
    at = -1;
    input.setAttribute("aria-expanded", "true");
  }
  input.addEventListener("input", () => {
    if (other("idField")) {
      other("idField").value = "";
    }
    clearTimeout(timer);
    timer = setTimeout(ask, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (box.hidden) {
      return;
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      mark(Math.min(at + 1, found.length - 1));
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      mark(Math.max(at - 1, 0));
    } else if (event.key === "Enter") {
      // With nothing chosen it keeps what is typed and goes on in the form; sending it takes a second Enter.
      event.preventDefault();
      if (at >= 0) {
        choose(at);
      } else {
        close();
      }
    } else if (event.key === "Escape") {
      close();
    }
  });
  input.addEventListener("blur", () => setTimeout(close, 120));
}
