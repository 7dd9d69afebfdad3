// Shows only the genres of the chosen media type; the page says which belong where.
export default function (form) {
  const media = form.elements.media_type,
    genre = form.elements.genre;
  if (!media || !genre) {
    return;
  }
  const all = [...genre.options];
  const show = () => {
    const wanted = media.selectedOptions[0]?.dataset.genres?.split("|") || null;
    const chosen = genre.value;
    genre.replaceChildren(...all.filter((o) => !o.value || !wanted || wanted.includes(o.value)));
    genre.value = [...genre.options].some((o) => o.value === chosen) ? chosen : "";
  };
  media.addEventListener("change", show);
  show();
}
