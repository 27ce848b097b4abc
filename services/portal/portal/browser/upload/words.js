// The words of an upload: sizes, progress, time left. The same as the server writes.

const MEBIBYTE = 1024 * 1024;

export function megabytes(count) {
  return (count / MEBIBYTE).toFixed(1);
}

export function progress(sent, total, secondsLeft) {
  const percent = Math.floor((100 * sent) / total);
  const left = secondsLeft === null ? "" : `, about ${duration(secondsLeft)} left`;
  return { percent, words: `${megabytes(sent)} of ${megabytes(total)} MB${left}` };
}

function duration(seconds) {
  if (seconds < 10) return "10 seconds";
  if (seconds < 90) return `${Math.ceil(seconds / 10) * 10} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
