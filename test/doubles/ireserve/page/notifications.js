/** Buttons that push sample notifications, faults for callbacks, and what came of both. */
import {make} from './make.js';

const element = (id) => document.getElementById(id);
const api = (method, path, content) =>
    fetch(`/api${path}`, {method, headers: {'content-type': 'application/json'}, body: content && JSON.stringify(content)});
const clock = (at) => new Date(at).toLocaleTimeString('nl', {hourCycle: 'h23'});

const samples = await (await api('GET', '/notifications')).json();
for (const [kind, sample] of Object.entries(samples)) {
    const send = make('button', {type: 'button', className: 'primary', textContent: 'Send'});
    send.setAttribute('aria-label', `Send ${sample.title}`);
    send.addEventListener('click', () => void push(kind, sample, send));
    element('samples').append(
        make('li', {}, [
            make('h3', {textContent: sample.title}),
            make('code', {textContent: sample.notification_type}),
            make('p', {textContent: sample.text}),
            send,
        ]),
    );
}

async function push(kind, sample, button) {
    button.disabled = true;
    const line = make('li', {className: 'none', textContent: `${clock(Date.now())} · ${sample.notification_type} · on its way …`});
    element('answers').querySelector('.none')?.remove();
    element('answers').prepend(line);
    try {
        const {status, outcome, problem, accepted_ms} = await (await api('POST', `/notifications/${kind}`)).json();
        const said = problem
            ? `refused, ${status} ${problem.code}: ${problem.detail}`
            : `${outcome?.outcome ?? status}, ${outcome?.state ?? ''} ${outcome?.reason?.detail ?? ''}`;
        line.className = problem ? 'bad' : '';
        line.textContent = `${clock(Date.now())} · ${sample.notification_type} · ${said.trim()} · ${Math.round(accepted_ms)} ms`;
    } catch {
        line.className = 'bad';
        line.textContent = `${clock(Date.now())} · ${sample.notification_type} · no connection to the i-Reserve double`;
    }
    button.disabled = false;
}

element('faults').addEventListener('submit', async (event) => {
    event.preventDefault();
    const fault = JSON.parse(element('fault').value);
    await api('POST', '/callback-faults', {...fault, times: Number(element('times').value)});
    element('fault-said').textContent = 'Set.';
    setTimeout(() => (element('fault-said').textContent = ''), 2000);
});

async function refresh() {
    const {callbacks} = await (await api('GET', '/activity')).json();
    const cells = (one) => [clock(one.at), one.type ?? '?', `${one.status || 'cut'}${one.duplicate ? ' (repeat)' : ''}`, one.webhook_id];
    const row = (one) =>
        make(
            'tr',
            {},
            cells(one).map((textContent) => make('td', {textContent})),
        );
    const none = make('tr', {}, [make('td', {colSpan: 4, textContent: 'None yet.'})]);
    element('callbacks').replaceChildren(...(callbacks.length > 0 ? callbacks.map(row) : [none]));
}
void refresh();
setInterval(() => void refresh().catch(() => undefined), 2000);
