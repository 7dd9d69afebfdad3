// Opens a fold when the choice above it asks for what is in it.
export default function (fold) {
  fold.closest("form").addEventListener("change", ({ target }) => {
    if (target.name === fold.dataset.when && target.value === fold.dataset.is) fold.open = true;
  });
}
