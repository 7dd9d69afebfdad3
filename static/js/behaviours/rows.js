// A list of rows that grows: the button copies the last row empty and renumbers its fields; emptied rows are dropped on saving.
export default function (list) {
  const rows = () => [...list.querySelectorAll(":scope > [data-row]")];
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "button",
    textContent: `+ ${list.dataset.add}`,
  });
  const filled = (row) =>
    [...row.querySelectorAll("input:not([type=hidden]), textarea")].some((f) =>
      f.type === "checkbox" ? false : f.value.trim(),
    );
  const all = rows();
  const last = all[all.length - 1];
  if (all.length > 1 && last && !filled(last)) {
    last.remove();
  }
  button.addEventListener("click", () => {
    const found = rows();
    const row = found[found.length - 1].cloneNode(true);
    const number = found.length;
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/-\d+-/, `-${number}-`);
      field.id = field.id.replace(/-\d+-/, `-${number}-`);
      if (field.type === "checkbox" || field.type === "radio") {
        field.checked = false;
      } else if (field.tagName === "SELECT") {
        field.selectedIndex = 0;
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
    for (const stale of row.querySelectorAll(".error, .options")) {
      stale.remove();
    }
    row.querySelector("[data-number]").textContent = number + 1;
    button.before(row);
    row.dispatchEvent(new CustomEvent("kheo:bind", { bubbles: true }));
    row.querySelector("input:not([type=hidden]), textarea").focus();
  });
  list.append(button);
}
