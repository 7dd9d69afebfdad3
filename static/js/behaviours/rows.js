// A list of rows that grows: the button copies the last row empty and renumbers its fields; emptied rows are dropped on
// saving. Where the page has a button for it (data-add-row), that one does it here instead of asking the server.
export default function (list) {
  const rows = () => [...list.querySelectorAll(":scope > [data-row]")];
  const ready = list.querySelector(":scope > [data-add-row]");
  const button =
    ready ||
    Object.assign(document.createElement("button"), {
      type: "button",
      className: "button",
      textContent: `+ ${list.dataset.add}`,
    });
  const filled = (row) =>
    row.dataset.filled !== undefined ||
    [...row.querySelectorAll("input:not([type=hidden]), textarea")].some((f) =>
      f.type === "checkbox" ? false : f.value.trim(),
    ) ||
    // A choice made in a list that begins with "choose one".
    [...row.querySelectorAll("select")].some((f) => f.value && f.options[0].value === "");
  const all = rows();
  const last = all[all.length - 1];
  const blank = last && !filled(last) ? last.cloneNode(true) : null;
  if (all.length > 1 && blank) {
    last.remove();
  }
  button.addEventListener("click", (event) => {
    event.preventDefault();
    const found = rows();
    const row = (blank || found[found.length - 1]).cloneNode(true);
    const number = 1 + Math.max(...found.map((one) => Number(one.querySelector("[name]").name.match(/-(\d+)-/)[1])));
    delete row.dataset.filled;
    row.id = row.id.replace(/-\d+$/, `-${number}`);
    for (const part of row.querySelectorAll("[id]")) {
      part.id = part.id.replace(/-\d+-/, `-${number}-`);
    }
    for (const field of row.querySelectorAll("[aria-describedby]")) {
      field.setAttribute("aria-describedby", field.getAttribute("aria-describedby").replace(/-\d+-/, `-${number}-`));
    }
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/-\d+-/, `-${number}-`);
      if (field.type === "submit") {
        field.value = field.value.replace(/-\d+$/, `-${number}`);
      } else if (field.type === "checkbox" || field.type === "radio") {
        field.checked = false;
      } else if (field.tagName === "SELECT") {
        field.selectedIndex = blank ? field.selectedIndex : 0;
      } else {
        field.value = "";
      }
    }
    for (const label of row.querySelectorAll("label[for]")) {
      label.htmlFor = label.htmlFor.replace(/-\d+-/, `-${number}-`);
    }
    for (const bound of row.querySelectorAll("[data-behaviour]")) {
      for (const key of ["idField", "detailField"]) {
        if (bound.dataset[key]) {
          bound.dataset[key] = bound.dataset[key].replace(/-\d+-/, `-${number}-`);
        }
      }
    }
    for (const refused of row.querySelectorAll(".has-error")) {
      refused.classList.remove("has-error");
    }
    for (const stale of row.querySelectorAll(".error, .options")) {
      stale.remove();
    }
    row.querySelector("[data-number]").textContent = found.length + 1;
    button.before(row);
    row.dispatchEvent(new CustomEvent("kheo:bind", { bubbles: true }));
    row.querySelector("input:not([type=hidden]), textarea").focus();
  });
  if (!ready) {
    list.append(button);
  }
}
