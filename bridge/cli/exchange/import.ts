/** `import`: brings integrations to what a YAML document says, all or none. */
import {readFileSync} from 'node:fs';
import {text as readStream} from 'node:stream/consumers';
import type {Command} from 'commander';
import {applyImport} from '../../admin/apply-import.ts';
import {type FieldChange, ImportError, type Planned, planImport, type Resolve} from '../../admin/exchange.ts';
import {tryImport, type Warning} from '../../admin/try-import.ts';
import {cliActor} from '../actor.ts';
import {type Common, examples, withJson} from '../command.ts';
import {CliError} from '../failure.ts';
import {withStore} from '../open-store.ts';
import {paint, present, type Tone} from '../output.ts';
import {harmless} from '../table.ts';

const HELP = `
A document as \`export\` writes it. It says all of an integration it names: settings that are left
out are the default again. Integrations it does not name stay as they are. Secrets by reference:
keep (as it is), \${env:NAME} (of this command's environment), \${file:/path}. Mattermost is asked
whether token and channels of what changed work; what does not is a warning, and refuses nothing.
`;

export function declare(command: Command): void {
    withJson(command).argument('<file>', '- is standard input').option('--dry-run', 'only show what would change').action(importFile);
    examples(command, ['ireserve-bridge import integrations.yaml --dry-run', 'BOT=… ireserve-bridge import integrations.yaml']);
    command.addHelpText('after', HELP);
}

const resolve: Resolve = ({kind, name}) => {
    if (kind === 'env') {
        const value = process.env[name];
        if (value === undefined) throw new Error(`the variable ${name} is not set`);
        return value.trim();
    }
    try {
        return readFileSync(name, 'utf8').trim();
    } catch (error) {
        throw new Error(`${name} can’t be read: ${(error as {code?: string}).code ?? 'failed'}`);
    }
};

async function importFile(file: string, {json, dryRun = false}: Common & {dryRun?: boolean}): Promise<void> {
    const text = file === '-' ? await readStream(process.stdin) : readFileSync(file, 'utf8');
    await withStore(
        async (store) => {
            const integrations = await store.integrations();
            const planned = planOf(() => planImport(text, integrations.listed(), {resolve, box: store.box()}), file);
            if (!dryRun) await applyImport(integrations, planned, {by: cliActor(), at: store.now()});
            const changed = planned.some(({change}) => change === 'added' || change === 'changed');
            const warnings = await tryImport(planned, {
                storedSecrets: (name) => integrations.named(name)?.secrets ?? null,
                now: store.now,
            });
            const warningsOf = ({name}: Planned): Warning[] => warnings.get(name) ?? [];
            const shown = planned.map((one) => ({name: one.name, change: one.change, fields: one.fields, warnings: warningsOf(one)}));
            present(json, {dry_run: dryRun, changed, integrations: shown}, () => [
                ...planned.flatMap((one) => [...linesOf(one), ...warningsOf(one).flatMap(warningLines)]),
                changed ? (dryRun ? 'Nothing was changed: this was a dry run.' : 'Done.') : 'There is nothing to change.',
            ]);
        },
        {create: !dryRun},
    );
}

function planOf(plan: () => Planned[], file: string): Planned[] {
    try {
        return plan();
    } catch (error) {
        if (!(error instanceof ImportError)) throw error;
        throw new CliError(
            'usage',
            `${file} can’t be imported; nothing was changed.`,
            'Correct these lines and run it again.',
            error.problems,
        );
    }
}

const warningLines = ({check, text, code, next}: Warning): string[] => [
    `  ${paint('warning', '!')} ${harmless(check)}: ${harmless(text)} [${code}]`,
    `      ${harmless(next)}`,
];

const SIGNS: Record<FieldChange['change'], {sign: string; tone: Tone}> = {
    added: {sign: '+', tone: 'good'},
    changed: {sign: '~', tone: 'warning'},
    removed: {sign: '-', tone: 'bad'},
};

function linesOf({name, change, fields}: Planned): string[] {
    const lines = fields.map(({field, change, before, after}) => {
        const {sign, tone} = SIGNS[change];
        const values = before === undefined ? JSON.stringify(after) : `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
        return `  ${paint(tone, sign)} ${field}: ${harmless(values)}`;
    });
    return [`${name}: ${change}`, ...lines];
}
