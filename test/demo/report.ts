/** What the demo prints: addresses, the times of each step, the thread as it stands in Mattermost. */
import type {Performance, StepResult} from './play.ts';
import {plainly} from './script.ts';
import type {Stage} from './stage.ts';

export function addresses({mattermost, host, bridge, ireserve, logFile}: Stage): string {
    const lines = [
        ['Visitor’s page', `${ireserve.url}/`, 'chat as a visitor'],
        ...(host
            ? [['Agent’s page', host.pageFor('anna.keller'), 'Mattermost with the plugin; more in test/host/README.md'] as const]
            : []),
        [
            'Mattermost',
            mattermost.real ? mattermost.url : `${mattermost.url}/`,
            mattermost.real ? mattermost.name : 'the double; answer as an agent',
        ],
        ['Notifications', `${ireserve.url}/notifications`, 'push sample notifications, make callbacks fail'],
        ['Bridge’s docs', `${bridge.url}/docs`, 'the API, contract v1'],
        ['Bridge’s health', `${bridge.url}/ready`, 'and /live, /metrics'],
        ['Bridge’s log', logFile, ''],
    ] as const;
    return lines.map(([name, url, what]) => `  ${name.padEnd(16)}${url}${what ? `  (${what})` : ''}`).join('\n');
}

export function stepLine({title, accepted_ms, visible_ms, problems}: StepResult): string {
    const line = `  ${problems.length === 0 ? '✓' : '✗'} ${title.padEnd(44)}${milliseconds(accepted_ms)}${milliseconds(visible_ms)}`;
    return [line, ...problems.map((problem) => `      ${problem}`)].join('\n');
}

export const STEP_HEADING = `    ${'step'.padEnd(44)}${'accepted ms'.padStart(13)}${'visible ms'.padStart(13)}`;

const milliseconds = (value: number | null): string => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0)).padStart(13);

/** The root post and its replies, one block each. */
export function threadText({thread, notification}: Performance): string {
    const blocks = thread.map((post) => block(post, post.root_id === '' ? '┌ ' : '├ '));
    if (notification) blocks.push(`\n  In the channel of notifications:\n\n${block(notification, '┌ ')}`);
    return blocks.join('\n');
}

function block({message, files, edit_at}: Performance['thread'][number], mark: string): string {
    const shown = [...plainly(message).split('\n'), ...files.map(({name, mime_type}) => `📎 ${name} (${mime_type})`)];
    const lines = edit_at > 0 && mark !== '┌ ' ? [...shown, '(edited)'] : shown;
    return lines.map((line, index) => `  ${index === 0 ? mark : '│ '}${line}`).join('\n');
}

/** Everything that went wrong, or nothing. */
export function failures({steps, problems}: Performance): string[] {
    return [...steps.flatMap((step) => step.problems.map((problem) => `${step.title}: ${problem}`)), ...problems];
}
