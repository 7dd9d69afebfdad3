// Binds behaviours to elements that ask for them by data-behaviour; each behaviour is one small file.
const loaded = new Map();
const bound = new WeakMap();

const file = (name, again = "") => import(new URL(`./behaviours/${name}.js${again}`, import.meta.url));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// A browser remembers a file that did not come, so over a poor line it is asked for once more under another name.
async function fetched(name) {
  try {
    return await file(name);
  } catch {
    await pause(2000);
    return file(name, "?again");
  }
}

function load(name) {
  if (!loaded.has(name)) loaded.set(name, fetched(name).catch((error) => ({ default: () => reportError(error) })));
  return loaded.get(name);
}

function unbound(element) {
  const names = bound.get(element) || bound.set(element, new Set()).get(element);
  const fresh = element.dataset.behaviour.split(" ").filter((name) => !names.has(name));
  fresh.forEach((name) => names.add(name));
  return fresh.map((name) => [element, name]);
}

// All files are asked for at once and bound in the page's order; one that fails takes nothing from the others.
async function bind(root) {
  const wanted = [...root.querySelectorAll("[data-behaviour]")].flatMap(unbound);
  const coming = wanted.map(([element, name]) => [element, load(name)]);
  for (const [element, behaviour] of coming) {
    try {
      (await behaviour).default(element);
    } catch (error) {
      reportError(error);
    }
  }
}

const size = document.documentElement.dataset.textSize;
if (size) document.documentElement.classList.add(`text-${size}`);
document.addEventListener("kheo:bind", (event) => bind(event.target));
await bind(document);
document.documentElement.dataset.bound = "";
document.dispatchEvent(new Event("kheo:bound"));
