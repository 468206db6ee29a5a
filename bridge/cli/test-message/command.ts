/** `test-message`: what i-Reserve's test button does, and exactly what stands in the way when it fails. */
import type {Command} from 'commander';
import {type Check, checkMattermost} from '../../admin/check-mattermost.ts';
import {createServers} from '../../mattermost.ts';
import {type Common, examples, withJson} from '../command.ts';
import {EXIT, usage} from '../failure.ts';
import {openNamed} from '../integration/show.ts';
import {withStore} from '../open-store.ts';
import {note, paint, present} from '../output.ts';
import {harmless} from '../table.ts';

export function declare(test: Command): void {
    withJson(test)
        .argument('<integration>')
        .option('--channel <id>', 'post there and check no other channel; default: the mirror channel')
        .action(testMessage);
    examples(test, ['ireserve-bridge test-message aurora', 'ireserve-bridge test-message aurora --channel 8f3kq1w7ztdc5yh4mbp6r9ue2a']);
    test.addHelpText('after', '\nThe exit code is 1 when anything is not in order.');
}

async function testMessage(name: string, {json, channel}: Common & {channel?: string}): Promise<void> {
    if (channel !== undefined && !/^[a-z0-9]{26}$/.test(channel)) {
        throw usage(`${channel} is no Channel ID.`, 'Copy the 26 letters and digits from the channel menu → View Info.');
    }
    const report = await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        const servers = createServers({createsInFlight: 1, timeoutMs: store.settings.MATTERMOST_TIMEOUT_MS, now: Date.now});
        const client = servers.client(integration.config.server_url, integration.secrets.bot_token);
        return {state: integration.state, ...(await checkMattermost(client, integration, {channel}))};
    });
    const {state, checks, ...found} = report;
    const ok = checks.every((check) => check.ok);
    present(json, {ok, integration: name, ...found, checks}, () => [
        ...checks.flatMap(linesOf),
        ok
            ? `All in order: ${name} can post.`
            : `Not in order: ${checks.filter((check) => !check.ok).length} of ${checks.length} checks failed.`,
    ]);
    if (ok && state !== 'active')
        note(`${name} is ${state}: nothing but this test is posted; ireserve-bridge integration set ${name} --state active`);
    if (!ok) process.exitCode = EXIT.failed;
}

function linesOf({name, ok, text, code, next}: Check): string[] {
    const head = `${paint(ok ? 'good' : 'bad', ok ? 'ok    ' : 'FAILED')}  ${name}: ${harmless(text)}`;
    return ok ? [head] : [`${head} [${code}]`, `        next: ${harmless(next ?? '')}`];
}
