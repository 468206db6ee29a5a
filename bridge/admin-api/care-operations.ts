/** Operations behind which other parts of the bridge stand: doctor, round trip, reconciler, privacy. Without them: not_available. */
import {z} from 'zod';
import type {Actor} from '../admin/audit.ts';
import {bodyOf} from '../agent-api/operation.ts';
import type {DoctorReport} from '../doctor/report.ts';
import type {RoundTripReport} from '../doctor/round-trip-report.ts';
import {reportIn, roundTripIn} from '../doctor/words/translate.ts';
import {BridgeError} from '../errors.ts';
import type {Integration} from '../integration.ts';
import type {Operation} from '../route.ts';
import type {AdminDoor} from './authenticate.ts';
import {OfIntegration} from './integration-contract.ts';
import {languageOf} from './language.ts';
import {adminOperation, PATH} from './operation.ts';

const Visitor = {
    conversation_id: z.string().min(1).max(128).optional(),
    visitor_id: z.string().min(1).max(128).optional(),
    email: z.email().max(254).optional(),
    booking_id: z.string().min(1).max(128).optional(),
};
const justOne = (given: {[name in keyof typeof Visitor]?: unknown}) =>
    Object.keys(Visitor).filter((name) => given[name as keyof typeof Visitor] !== undefined).length === 1;
const JUST_ONE = 'exactly one of conversation_id, visitor_id, email and booking_id';

export const Erase = z
    .strictObject({...Visitor, dry_run: z.boolean().default(false).meta({description: 'Only say what would go.'})})
    .refine(justOne, JUST_ONE)
    .meta({id: 'Erase', description: 'A conversation, or all of a visitor’s.'});
export type Erase = z.infer<typeof Erase>;
const VisitorQuery = z.object(Visitor);
export type VisitorQuery = z.infer<typeof VisitorQuery>;
const RoundTrip = z
    .strictObject({
        channel_id: z
            .string()
            .regex(/^[a-z0-9]{26}$/)
            .optional(),
    })
    .meta({id: 'RoundTrip'});
const Reconcile = z
    .strictObject({repair: z.boolean().default(false).meta({description: 'Also repair what is found; safe to repeat.'})})
    .meta({id: 'Reconcile'});
const Last = z.object({report: z.unknown().meta({description: 'Null: there is none yet.'})}).meta({id: 'LastReport'});
const Report = z.looseObject({}).meta({id: 'Report', description: 'As the command line’s --json prints it.'});

/** Each is asked only for an integration the caller reaches. What it throws as a BridgeError is told. */
export type Care = {
    doctor?: {run(integration: Integration): Promise<DoctorReport>; last(integration: Integration): Promise<DoctorReport | null>};
    roundTrip?: (integration: Integration, channel_id: string | undefined) => Promise<RoundTripReport>;
    reconcile?: {
        run(integration: Integration, options: {repair: boolean; by: Actor}): Promise<object>;
        last(integration: Integration): Promise<object | null>;
    };
    erase?: (integration: Integration, what: Erase, by: Actor) => Promise<object>;
    visitorExport?: (integration: Integration, what: VisitorQuery, by: Actor) => Promise<object>;
};

export type CareOptions = {door: AdminDoor; care: Care};

const IN_LANGUAGE = 'In Dutch or German where Accept-Language asks for it; codes, settings and commands are the same in all.';

function wired<T>(part: T | undefined): T {
    if (!part) throw new BridgeError('not_available', 'this bridge has no such part');
    return part;
}

export function careOperations({door, care}: CareOptions): Operation[] {
    const shared = {params: OfIntegration, about: 'integration' as const};
    return [
        adminOperation(door, {
            ...shared,
            method: 'get',
            path: `${PATH}/doctor`,
            operationId: 'getDoctorReport',
            summary: 'What the doctor last found',
            description: IN_LANGUAGE,
            needs: 'read',
            answers: {200: {description: 'The last report.', schema: Last}},
            refusals: ['not_available'],
            async handle(_caller, {headers}, integration) {
                const report = await wired(care.doctor).last(integration);
                return {status: 200, body: {report: report && reportIn(languageOf(headers), report)}};
            },
        }),
        adminOperation(door, {
            ...shared,
            method: 'post',
            path: `${PATH}/doctor`,
            operationId: 'runDoctor',
            summary: 'Check every hop now',
            description: IN_LANGUAGE,
            needs: 'write',
            answers: {200: {description: 'What was found, and how to mend it.', schema: Report}},
            refusals: ['not_available'],
            handle: async (_caller, {headers}, integration) => ({
                status: 200,
                body: reportIn(languageOf(headers), await wired(care.doctor).run(integration)),
            }),
        }),
        adminOperation(door, {
            ...shared,
            method: 'post',
            path: `${PATH}/round-trip`,
            operationId: 'runRoundTrip',
            summary: 'A fake visitor’s conversation, there and back and removed again; names the broken hop',
            needs: 'write',
            body: RoundTrip,
            answers: {200: {description: 'Each hop with its time.', schema: Report}},
            refusals: ['not_available', 'switched_off'],
            async handle(_caller, input, integration) {
                const {channel_id} = await bodyOf(input, RoundTrip);
                return {status: 200, body: roundTripIn(languageOf(input.headers), await wired(care.roundTrip)(integration, channel_id))};
            },
        }),
        adminOperation(door, {
            ...shared,
            method: 'get',
            path: `${PATH}/reconcile`,
            operationId: 'getReconciliation',
            summary: 'What the reconciler last found',
            needs: 'read',
            answers: {200: {description: 'The last report.', schema: Last}},
            refusals: ['not_available'],
            handle: async (_caller, _input, integration) => ({status: 200, body: {report: await wired(care.reconcile).last(integration)}}),
        }),
        adminOperation(door, {
            ...shared,
            method: 'post',
            path: `${PATH}/reconcile`,
            operationId: 'runReconciliation',
            summary: 'Compare i-Reserve, the bridge and Mattermost: missing, doubled, repaired',
            needs: 'write',
            body: Reconcile,
            answers: {200: {description: 'What was found.', schema: Report}},
            refusals: ['not_available', 'switched_off'],
            async handle({who}, input, integration) {
                const {repair} = await bodyOf(input, Reconcile);
                return {status: 200, body: await wired(care.reconcile).run(integration, {repair, by: who})};
            },
        }),
        adminOperation(door, {
            ...shared,
            method: 'post',
            path: `${PATH}/erase`,
            operationId: 'eraseVisitor',
            summary: 'Erase a conversation or a visitor: posts, files, rows, what is queued; and say what stayed and why',
            needs: 'write',
            body: Erase,
            answers: {200: {description: 'What went, and what stayed.', schema: Report}},
            refusals: ['not_available', 'still_sending', 'switched_off'],
            async handle({who}, input, integration) {
                const what = await bodyOf(input, Erase);
                return {status: 200, body: await wired(care.erase)(integration, what, who)};
            },
        }),
        adminOperation(door, {
            ...shared,
            method: 'get',
            path: `${PATH}/visitor-export`,
            operationId: 'exportVisitor',
            summary: 'All that is held of one visitor, or of one conversation',
            description: `Takes ${JUST_ONE}. What was handed out is in the audit trail.`,
            needs: 'write',
            query: VisitorQuery,
            answers: {200: {description: 'One document.', schema: Report}},
            refusals: ['not_available'],
            async handle({who}, {query}, integration) {
                if (!justOne(query)) {
                    throw new BridgeError('invalid_request', 'the query does not fit', {errors: [{path: '', message: JUST_ONE}]});
                }
                return {status: 200, body: await wired(care.visitorExport)(integration, query as VisitorQuery, who)};
            },
        }),
    ];
}
