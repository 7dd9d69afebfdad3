// Shows only the fields that the choice in another field needs; without scripts all are there.
export default function (form) {
  const show = () => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const wanted = part.dataset.is.split(" ").includes(form.elements[part.dataset.when].value);
      part.hidden = !wanted;
      for (const field of part.querySelectorAll("input, select, textarea")) {
        field.disabled = !wanted;
      }
    }
  };
  form.addEventListener("change", show);
  show();
}
