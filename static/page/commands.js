// Sends commands. A command whose fate is unknown keeps its id, so that pressing again repeats it safely.

const unanswered = new Map();

export async function send(path, body = {}) {
  const key = path + JSON.stringify(body);
  const command_id = unanswered.get(key) ?? crypto.randomUUID();
  unanswered.set(key, command_id);
  let response;
  let answer;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ command_id, ...body }),
    });
    answer = await response.json();
  } catch {
    return {
      isDone: false,
      text: "No answer came: it is not known what was done. Pressing again repeats the same command; it acts once at most.",
    };
  }
  const isKnown = response.status !== 504 && response.status !== 500;
  if (isKnown) unanswered.delete(key);
  if (response.status === 401) location.assign("/sign-in");
  return { isDone: response.ok, text: words(response.ok, answer) };
}

function words(isDone, answer) {
  const refused = (answer.results ?? []).filter((result) => !result.accepted);
  const parts = [answer.message, ...refused.map((result) => `${result.key}: ${result.message}`)];
  if (!isDone) parts.push(answer.not_done, `(request ${answer.request_id})`);
  return parts.join(" ");
}
