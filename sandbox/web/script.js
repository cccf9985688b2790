"use strict";
// Shows what Alertmanager's API v2 tells, and makes and expires silences. Everything that comes
// from the API is set as text, never as markup.

const find = (id) => document.getElementById(id);

async function api(path, options) {
  const answer = await fetch(`api/v2/${path}`, options);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text || answer.statusText);
  return text ? JSON.parse(text) : null;
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
  find(id).replaceChildren(...(cards.length ? cards : [element("p", nothing, "beside")]));
}

const quoted = (name, value) => `${name}=${JSON.stringify(value)}`;

function showMatcher({ name, value, isRegex, isEqual }) {
  const operator = (isEqual === false ? "!" : "=") + (isRegex ? "~" : isEqual === false ? "=" : "");
  return `${name}${operator}${JSON.stringify(value)}`;
}

function alertCard(alert) {
  const labels = Object.entries(alert.labels).map(([name, value]) => quoted(name, value));
  const receivers = alert.receivers.map((receiver) => receiver.name).join(", ");
  const since = new Date(alert.startsAt).toLocaleString();
  const state = alert.status.silencedBy.length
    ? "silenced"
    : alert.status.inhibitedBy.length
      ? "inhibited"
      : alert.status.state;
  const lines = [`${state} since ${since}, to ${receivers}`, ...Object.values(alert.annotations)];
  const silence = { name: "Silence", run: () => prepare(labels) };
  return card(labels, lines, state === "silenced" ? null : silence, state !== "active");
}

function silenceCard(silence) {
  const until = new Date(silence.endsAt).toLocaleString();
  const lines = [`until ${until}, by ${silence.createdBy}: ${silence.comment}`, silence.id];
  const expire = {
    name: "Expire",
    run: () => api(`silence/${silence.id}`, { method: "DELETE" }).then(refresh),
  };
  return card(silence.matchers.map(showMatcher), lines, expire, true);
}

function prepare(labels) {
  find("matchers").value = labels.join(", ");
  find("creator").focus();
}

// name="value", name=~"value", name!="value", name!~"value"; one or several, with commas between
function parseMatchers(text) {
  const matcher = /\s*([\w.:-]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")\s*(,|$)/y;
  const found = [];
  while (matcher.lastIndex < text.length) {
    const match = matcher.exec(text);
    if (!match) throw new Error('Write matchers like alertname="DiskFull", team=~"a|b".');
    const [, name, operator, value] = match;
    found.push({
      name,
      value: JSON.parse(value),
      isRegex: operator.includes("~"),
      isEqual: operator.startsWith("="),
    });
  }
  return found;
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
  await refresh();
}

async function refresh() {
  const [status, alerts, silences] = await Promise.all([
    api("status"),
    api("alerts"),
    api("silences"),
  ]);
  const members = status.cluster.peers ? status.cluster.peers.length : 1;
  find("status").textContent =
    `${status.versionInfo.version} · cluster ${status.cluster.status}, members: ${members}`;
  const kept = silences.filter((silence) => silence.status.state !== "expired");
  list("alert-list", alerts.map(alertCard), "No alerts.");
  list("silence-list", kept.map(silenceCard), "No silences.");
}

async function attempt(deed) {
  try {
    await deed();
    find("problem").textContent = "";
  } catch (error) {
    find("problem").textContent = error.message;
  }
}

find("silence").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(create);
});
attempt(refresh);
setInterval(() => attempt(refresh), 5000);
