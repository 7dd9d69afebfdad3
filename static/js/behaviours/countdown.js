// Counts down to data-until by the server's clock, so that a wrong clock on the phone misleads nobody.
export default async function (element) {
  const until = Date.parse(element.dataset.until);
  const asked = Date.now();
  const answer = await fetch("/healthz", { method: "HEAD", cache: "no-store" }).catch(() => null);
  const told = answer ? Date.parse(answer.headers.get("Date")) : NaN;
  const ahead = Number.isNaN(told) ? 0 : told + 500 - (asked + Date.now()) / 2;
  const show = () => {
    const left = until - (Date.now() + ahead);
    if (left <= 0) {
      element.textContent = "đã hết hạn";
      return;
    }
    if (left < 48 * 3600e3) {
      const hours = Math.floor(left / 3600e3),
        minutes = Math.floor((left % 3600e3) / 60e3),
        seconds = Math.floor((left % 60e3) / 1e3);
      element.textContent = hours
        ? `còn ${hours} giờ ${minutes} phút`
        : `còn ${minutes} phút ${seconds} giây`;
    }
    setTimeout(show, left < 3600e3 ? 1000 : 30000);
  };
  show();
}
