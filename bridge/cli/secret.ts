/** `secret list|add|drop|expires`: rotation with overlap, and dates to remember. */
import {readFileSync} from 'node:fs';
import {text as readStream} from 'node:stream/consumers';
import {type Command, Option} from 'commander';
import {
    canGenerate,
    generate,
    problemWith,
    type SecretState,
    secretStates,
    setExpiry,
    withoutValue,
    withValue,
} from '../admin/secret-values.ts';
import {type Integration, SECRET_NAMES, type SecretKind} from '../integration.ts';
import {NATIVE_HOOK_PATH} from '../ireserve/native-route.ts';
import {cliActor} from './actor.ts';
import {verified} from './bot-token.ts';
import {anyId, type Common, examples, subCommand, takesAnyId} from './command.ts';
import {usage} from './failure.ts';
import {openNamed} from './integration/show.ts';
import {withStore} from './open-store.ts';
import {paint, present, screenWidth} from './output.ts';
import {table} from './table.ts';
import {future, iso, moment} from './times.ts';

const KINDS = `Kinds: ${SECRET_NAMES.join(', ')}.`;

type AddOptions = Common & {file?: string; generate?: true; expires?: number; dropOldest?: true};

export function declare(secret: Command): void {
    subCommand(secret, 'list', 'which secrets are set, since when, and until when').argument('<integration>').action(listSecrets);
    const kind = (command: Command) => command.argument('<integration>').argument('<kind>', KINDS, kindOf);
    const add = kind(subCommand(secret, 'add', 'set a secret, or the next one beside it'))
        .option('--file <file>', 'read from a file; - is standard input')
        .option('--generate', 'made here and shown once; for those the bridge gives to others')
        .option('--expires <when>', 'a date to remember: 90d, or 2026-12-31; nothing stops by it', future)
        .addOption(new Option('--drop-oldest', 'when as many as may be are live'))
        .action(addSecret);
    add.addHelpText(
        'after',
        '\nWhat was live before stays so until it is dropped. Only a bot token takes the old one’s place, once\nMattermost has said that it is the same bot’s.',
    );
    examples(add, [
        'ireserve-bridge secret add aurora signing_secrets --generate --expires 365d',
        'ireserve-bridge secret add aurora bot_token --file token.txt',
    ]);
    kind(takesAnyId(subCommand(secret, 'drop', 'it is not accepted, or sent, any more')))
        .argument('<id>', 'from secret list', anyId)
        .action(dropSecret);
    kind(takesAnyId(subCommand(secret, 'expires', 'note when a secret expires')))
        .argument('<id>', 'from secret list', anyId)
        .argument('<when>', '90d, a date such as 2026-12-31, or never', (text) => (text === 'never' ? null : future(text)))
        .action(noteExpiry);
}

function kindOf(text: string): SecretKind {
    const found = SECRET_NAMES.find((one) => one === text);
    if (!found) throw usage(`${JSON.stringify(text)} is no kind of secret.`, KINDS);
    return found;
}

const documentOf = (states: readonly SecretState[]) =>
    states.map(({values, ...state}) => ({
        ...state,
        values: values.map(({set_at, expires_at, ...value}) => ({...value, set_at: iso(set_at), expires_at: iso(expires_at)})),
    }));

async function listSecrets(name: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        const states = await secretStates(store.database.read, store.box(), integration);
        present(json, {secrets: documentOf(states)}, () => {
            const titles = ['KIND', 'ID', 'ENDS IN', 'SET', 'EXPIRES'];
            const rows = states.flatMap(({secret, values}) =>
                values.map(({id, last4, set_at, expires_at}) => [
                    secret,
                    id,
                    last4 === null ? '(hidden)' : `…${last4}`,
                    set_at === null ? 'before this was noted' : moment(set_at),
                    expires_at === null
                        ? ''
                        : {text: moment(expires_at), tone: expires_at < store.now() ? ('bad' as const) : ('quiet' as const)},
                ]),
            );
            return table(
                titles.map((title) => ({title, keep: title === 'ID'})),
                rows,
                {width: screenWidth(), paint},
            );
        });
    });
}

async function addSecret(name: string, kind: SecretKind, {json, file, generate: make, expires, dropOldest}: AddOptions): Promise<void> {
    if ((file === undefined) === (make === undefined))
        throw usage('The secret must come from somewhere.', 'Give one of --file and --generate.');
    if (make && !canGenerate(kind)) throw usage(`${kind} comes from the other side.`, 'Give --file FILE.');
    const value = make ? generate(kind) : (file === '-' ? await readStream(process.stdin) : readFileSync(file ?? '', 'utf8')).trim();
    const problem = problemWith(kind, value);
    if (problem) throw usage(problem, 'Is it the right file? It must hold the secret alone.');
    await withStore(async (store) => {
        const {integrations, integration} = await openNamed(store, name);
        if (kind === 'bot_token') await verified(store, {current: integration, server_url: integration.config.server_url, token: value});
        const change = ({secrets}: Integration) => ({secrets: withValue(secrets, kind, value, {dropOldest: dropOldest === true})});
        const changed = await integrations.change(integration.id, change, {expires_at: expires ?? null});
        const states = await secretStates(store.database.read, store.box(), changed);
        const once = make ? (kind === 'native_hook_tokens' ? `${NATIVE_HOOK_PATH}/${value}` : value) : null;
        const live = states.find(({secret}) => secret === kind)?.values.length ?? 0;
        present(json, {integration: name, secret: kind, live, shown_once: once}, () => [
            `${kind} of ${name} is set; ${live} live now.`,
            ...(once ? ['Shown only now:', once] : []),
            ...(live > 1 ? [`Once the other side has changed over: ireserve-bridge secret drop ${name} ${kind} ID`] : []),
        ]);
    });
}

async function dropSecret(name: string, kind: SecretKind, id: string, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {integrations, integration} = await openNamed(store, name);
        await integrations.change(integration.id, ({secrets}) => ({secrets: withoutValue(store.box(), secrets, kind, id)}));
        present(json, {integration: name, secret: kind, id, dropped: true}, () => [`${kind} ${id} of ${name} is dropped.`]);
    });
}

async function noteExpiry(name: string, kind: SecretKind, value_id: string, expires_at: number | null, {json}: Common): Promise<void> {
    await withStore(async (store) => {
        const {integration} = await openNamed(store, name);
        const set = {integration, kind, value_id, expires_at, at: store.now(), by: cliActor()};
        await store.database.write((tx) => setExpiry(tx, store.box(), set));
        present(json, {integration: name, secret: kind, id: value_id, expires_at: iso(expires_at)}, () => [
            `${kind} ${value_id}: ${expires_at === null ? 'no date is noted' : `expires ${moment(expires_at)}`}.`,
        ]);
    });
}
