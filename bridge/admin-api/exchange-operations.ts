/** Operations that carry all integrations as one YAML document. */
import {z} from 'zod';
import {applyImport} from '../admin/apply-import.ts';
import {exportIntegrations, type GivenSecrets, ImportError, type Planned, planImport, type Resolve} from '../admin/exchange.ts';
import {tryImport} from '../admin/try-import.ts';
import {bodyOf} from '../agent-api/operation.ts';
import {BridgeError} from '../errors.ts';
import {SECRET_NAMES} from '../integration.ts';
import type {Integrations} from '../integrations.ts';
import type {Input, Operation} from '../route.ts';
import type {SecretBox} from '../secrets.ts';
import {type AdminCaller, type AdminDoor, mayUseServer} from './authenticate.ts';
import {ImportReport} from './integration-contract.ts';
import {adminOperation, reachedIds} from './operation.ts';

export type ExchangeOptions = {door: AdminDoor; integrations: Integrations; box: SecretBox; now: () => number};

const YAML = 'application/yaml';

/** Of the bridge's environment only what is meant for it: a caller far away must not learn the rest, nor read files here. */
const resolveHere: Resolve = ({kind, name}) => {
    if (kind === 'file') throw new Error('files are only read by the command line: ireserve-bridge import');
    if (!/^IRESERVE_IMPORT_\w+$/.test(name)) throw new Error('only variables that begin with IRESERVE_IMPORT_ are read here');
    const value = process.env[name];
    if (value === undefined) throw new Error('the bridge has no such variable');
    return value;
};

const Import = z
    .strictObject({
        document: z.string().meta({description: 'The YAML document.'}),
        secrets: z
            .record(z.string(), z.partialRecord(z.enum(SECRET_NAMES), z.string().min(1).max(500)))
            .default({})
            .meta({description: 'By integration and kind: take the place of what the document says of that kind.'}),
    })
    .meta({id: 'Import', description: 'The document, and secrets that have no place in it.'});

async function documentOf(input: Input): Promise<{document: string; secrets: GivenSecrets}> {
    if (/^(application|text)\/(x-)?yaml\b/i.test(input.headers['content-type'] ?? ''))
        return {document: textOf(await input.body()), secrets: {}};
    return bodyOf(input, Import);
}

function textOf(bytes: Uint8Array): string {
    try {
        return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
    } catch {
        throw new BridgeError('malformed_body', 'it is not UTF-8');
    }
}

export function exchangeOperations({door, integrations, box, now}: ExchangeOptions): Operation[] {
    function plan({document, secrets}: {document: string; secrets: GivenSecrets}, caller: AdminCaller): Planned[] {
        try {
            const planned = planImport(document, integrations.listed(), {resolve: resolveHere, box, secrets});
            for (const {wanted} of planned) if (wanted) mayUseServer(caller, wanted.config.server_url);
            return planned;
        } catch (error) {
            if (!(error instanceof ImportError)) throw error;
            throw new BridgeError('invalid_import', error.message, {errors: [...error.problems]});
        }
    }
    return [
        adminOperation(door, {
            method: 'get',
            path: '/v1/admin/export',
            operationId: 'exportIntegrations',
            summary: 'Integrations that are reached as one YAML document; secrets stand in it as `keep`',
            needs: 'read',
            about: 'reached',
            query: z.object({integration: z.string().max(64).optional().meta({description: 'Name or id; default: all that are reached.'})}),
            answers: {200: {description: 'The document.', schema: z.string(), contentType: YAML}},
            refusals: ['no_such_integration'],
            async handle(caller, {query}) {
                const ids = reachedIds(door, caller, query.integration as string | undefined);
                const text = exportIntegrations(integrations.listed().filter(({id}) => ids.includes(id)));
                return {status: 200, body: text, headers: {'content-type': `${YAML}; charset=utf-8`}};
            },
        }),
        adminOperation(door, {
            method: 'post',
            path: '/v1/admin/import',
            operationId: 'importIntegrations',
            summary: 'Bring integrations to what a YAML document says, all or none',
            description:
                // biome-ignore lint/suspicious/noTemplateCurlyInString: what is written in the document.
                'Secrets by reference: `keep` (as it is), or `${env:IRESERVE_IMPORT_…}`, a variable of the bridge’s environment. Other variables ' +
                'and files are only read by the command line. As JSON, secrets may come beside the document. What it does not name is left ' +
                'alone. Afterwards Mattermost is asked whether the bot tokens and channels work; what does not is told as a warning.',
            needs: 'write',
            about: 'bridge',
            query: z.object({dry_run: z.stringbool().default(false).meta({type: 'boolean', description: 'Only say what would change.'})}),
            body: z.string().meta({description: 'As GET /v1/admin/export gives it.'}),
            bodyType: YAML,
            otherBodies: {'application/json': Import},
            answers: {200: {description: 'What changed, or would.', schema: ImportReport}},
            refusals: ['invalid_import', 'other_server'],
            async handle(caller, input) {
                const dry_run = input.query.dry_run === true;
                const planned = plan(await documentOf(input), caller);
                if (!dry_run) await applyImport(integrations, planned, {by: caller.who, at: now()});
                const changed = planned.some(({change}) => change === 'added' || change === 'changed');
                const warnings = await tryImport(planned, {storedSecrets: (name) => integrations.named(name)?.secrets ?? null, now});
                const shown = planned.map(({name, change, fields}) => ({name, change, fields, warnings: warnings.get(name) ?? []}));
                return {status: 200, body: {dry_run, changed, integrations: shown}};
            },
        }),
    ];
}
