// Says which file was chosen beside a file button that has words of ours.
export default function (place) {
  const input = place.querySelector("input[type=file]"),
    said = place.querySelector("[data-chosen]"),
    nothing = said.textContent;
  input.addEventListener("change", () => {
    said.textContent = [...input.files].map((file) => file.name).join(", ") || nothing;
  });
}
