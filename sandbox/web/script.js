"use strict";
// Shows what Alertmanager's API v2 tells, and makes and expires silences. Everything that comes
// from the API is set as text, never as markup.

const find = (id) => document.getElementById(id);

async function api(path, options) {
  let answer, text;
  try {
    answer = await fetch(`api/v2/${path}`, options);
    text = await answer.text();
  } catch {
    throw new Error("Alertmanager does not answer.");
  }
  if (!answer.ok) throw new Error(refusal(text) || answer.statusText);
  return text ? JSON.parse(text) : null;
}

// Alertmanager refuses with a JSON string, or with an object that has a message.
function refusal(text) {
  try {
    const said = JSON.parse(text);
    return said.message ?? said;
  } catch {
    return text;
  }
}

const post = (path, body) =>
  api(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function card(labels, beside, action, quiet) {
  const made = element("article", undefined, quiet ? "quiet" : "");
  if (action) {
    const button = element("button", action.name);
    button.addEventListener("click", () => attempt(action.run));
    made.append(button);
  }
  for (const label of labels) made.append(element("span", label, "label"));
  for (const line of beside) made.append(element("div", line, "beside"));
  return made;
}

function list(id, cards, nothing) {
  const made = element("div");
  made.id = id;
  made.append(...(cards.length ? cards : [element("p", nothing, "beside")]));
  // What has not changed stays, with the focus and what somebody has selected.
  if (!find(id).isEqualNode(made)) find(id).replaceWith(made);
}

function showMatcher({ name, value, isRegex, isEqual }) {
  const operator = (isEqual === false ? "!" : "=") + (isRegex ? "~" : isEqual === false ? "=" : "");
  const shown = /^\w+$/.test(name) ? name : JSON.stringify(name);
  return `${shown}${operator}${JSON.stringify(value)}`;
}

function alertCard(alert) {
  const labels = Object.entries(alert.labels).map(([name, value]) => showMatcher({ name, value }));
  const receivers = alert.receivers.map((receiver) => receiver.name).join(", ");
  const since = new Date(alert.startsAt).toLocaleString();
  const state = alert.status.silencedBy.length
    ? "silenced"
    : alert.status.inhibitedBy.length
      ? "inhibited"
      : alert.status.state;
  const first = `${state}; firing since ${since}, to ${receivers}`;
  const lines = [first, ...Object.values(alert.annotations)];
  const silence = { name: "Silence", run: () => prepare(labels) };
  return card(labels, lines, state === "silenced" ? null : silence, state !== "active");
}

function silenceCard(silence) {
  const until = new Date(silence.endsAt).toLocaleString();
  const first = `${silence.status.state} until ${until}, by ${silence.createdBy}`;
  const lines = [`${first}: ${silence.comment}`, silence.id];
  const expire = {
    name: "Expire",
    run: () => api(`silence/${silence.id}`, { method: "DELETE" }),
  };
  return card(silence.matchers.map(showMatcher), lines, expire, true);
}

function prepare(labels) {
  find("matchers").value = labels.join(", ");
  find("creator").focus();
}

// name="value", name=~"value", name!="value", name!~"value"; one or several, with commas between.
// As in Alertmanager, a name or a value needs quotes only if it has one of certain characters.
function parseMatchers(text) {
  const word = /("(?:[^"\\]|\\.)*"|[^\s{}!=~,\\"'`]+)/.source;
  const matcher = new RegExp(`\\s*${word}\\s*(=~|!~|!=|=)\\s*${word}\\s*(?:,\\s*|$)`, "y");
  const found = [];
  do {
    const match = matcher.exec(text);
    if (!match) throw new Error('Write matchers like alertname="DiskFull", team=~"a|b".');
    const [, name, operator, value] = match;
    found.push({
      name: unquoted(name),
      value: unquoted(value),
      isRegex: operator.includes("~"),
      isEqual: operator.startsWith("="),
    });
  } while (matcher.lastIndex < text.length);
  return found;
}

// A backslash that is no JSON stands for itself, as regular expressions need it: "10\.0\.0\.1".
function unquoted(word) {
  if (!word.startsWith('"')) return word;
  const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/g;
  return word.slice(1, -1).replace(escape, (found) => JSON.parse(`"${found}"`));
}

async function create() {
  const now = Date.now();
  await post("silences", {
    matchers: parseMatchers(find("matchers").value),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + Number(find("hours").value) * 3600 * 1000).toISOString(),
    createdBy: find("creator").value,
    comment: find("comment").value,
  });
  find("matchers").value = find("comment").value = "";
}

function show(status, alerts, silences) {
  const members = status.cluster.peers ? status.cluster.peers.length : 1;
  find("status").textContent =
    `${status.versionInfo.version} · cluster ${status.cluster.status}, members: ${members}`;
  const kept = silences.filter((silence) => silence.status.state !== "expired");
  list("alert-list", alerts.map(alertCard), "No alerts.");
  list("silence-list", kept.map(silenceCard), "No silences.");
}

let looks = 0;
let shown = 0;

async function refresh() {
  const look = ++looks;
  let told, problem;
  try {
    told = await Promise.all([api("status"), api("alerts"), api("silences")]);
  } catch (error) {
    problem = error.message;
  }
  if (look < shown) return; // a later one has been answered sooner
  shown = look;
  if (told) show(...told);
  else find("status").textContent = problem;
}

async function attempt(deed) {
  try {
    await deed();
    find("problem").textContent = "";
  } catch (error) {
    find("problem").textContent = error.message;
  }
  await refresh();
}

find("silence").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(create);
});
refresh();
setInterval(refresh, 5000);
