/** Whether what was imported works in Mattermost: asked without a post, and never a reason to refuse it. */
import type {Integration, IntegrationSecrets} from '../integration.ts';
import {createServers} from '../mattermost.ts';
import {type Check, checkMattermost} from './check-mattermost.ts';
import type {Planned} from './exchange.ts';
import {nextStep} from './next-steps.ts';

export type Warning = {check: string; text: string; code: string; next: string};

/** Who imports waits for it: one answer, and all of an integration. */
const ANSWER_MS = 4000;
const INTEGRATION_MS = 10_000;
const AT_ONCE = 4;

type TryImport = {
    /** Of an integration as it is stored; null: it is not. */
    storedSecrets: (name: string) => IntegrationSecrets | null;
    now: () => number;
    answerMs?: number;
};

/** @returns by name, what does not work of those that were, or would be, added or changed */
export async function tryImport(planned: readonly Planned[], {storedSecrets, now, answerMs = ANSWER_MS}: TryImport) {
    // Of its own: a server that rests after a 429, or hangs, must not be waited for as long as a delivery would.
    const servers = createServers({createsInFlight: 1, timeoutMs: answerMs, now});
    const found = new Map<string, Warning[]>();
    const waiting = planned.filter(({change}) => change === 'added' || change === 'changed');
    const one = async ({name, wanted, secretsOf}: Planned) => {
        if (!wanted) return;
        const integration: Integration = {id: '', name, ...wanted, secrets: secretsOf(storedSecrets(name)), created_at: 0, updated_at: 0};
        const client = servers.client(wanted.config.server_url, integration.secrets.bot_token);
        // It is imported by now: whatever fails here is told, and nothing more.
        const asked = checkMattermost(client, integration, {silent: true}).catch((error: Error) =>
            failedWith(integration, 'mattermost_error', error.message),
        );
        const {checks} = await inTime(asked, failedWith(integration, 'mattermost_no_answer', `no answer in ${INTEGRATION_MS / 1000} s`));
        found.set(name, checks.flatMap(warningOf));
    };
    await Promise.all(
        Array.from({length: AT_ONCE}, async () => {
            for (let next = waiting.shift(); next; next = waiting.shift()) await one(next);
        }),
    );
    return found;
}

const warningOf = ({name, ok, text, code = '', next = ''}: Check): Warning[] => (ok ? [] : [{check: name, text, code, next}]);

type Checked = {checks: Check[]};

function failedWith({name, config}: Integration, code: string, text: string): Checked {
    const next = nextStep(code, {integration: name, channel: config.channel_id, server: config.server_url});
    return {checks: [{name: 'Mattermost', ok: false, text, code, next}]};
}

async function inTime(asked: Promise<Checked>, late: Checked): Promise<Checked> {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<Checked>((resolve) => {
        timer = setTimeout(resolve, INTEGRATION_MS, late);
    });
    try {
        return await Promise.race([asked, over]);
    } finally {
        clearTimeout(timer);
    }
}
