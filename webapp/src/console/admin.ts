/** The bridge's admin API (bridge/admin-api), as much as the System Console's page uses. */
import type {Requests} from '../client/requests.ts';
import {anything, type Read, text} from '../types/read.ts';
import {
    AdminTokenList,
    AuditList,
    ChannelList,
    Delivery,
    DeliveryList,
    EventTokenList,
    ImportReport,
    Integration,
    IntegrationList,
    KillSwitch,
    LastReport,
    LogList,
    MadeToken,
    Me,
    Overview,
    Replayed,
    Report,
    RoutePreview,
    SecretList,
    SecretMade,
    SessionList,
    type Settings,
    TestReport,
    Trace,
} from './answers.ts';

export type Admin = ReturnType<typeof createAdmin>;
export type Query = Record<string, string | number | null | undefined>;
/** One of the three. */
export type Whom = {conversation_id: string} | {visitor_id: string} | {email: string};

/** Of what asks other servers in turn. */
const LONG_MS = 120_000;

const query = (given: Query): string => {
    const set = Object.entries(given).filter(([, value]) => value !== null && value !== undefined && value !== '');
    return set.length > 0 ? `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}` : '';
};

export function createAdmin({call: callAt, stream}: Requests) {
    const call = <T>(method: string, path: string, read: Read<T>, body?: unknown, ms?: number) =>
        callAt(method, `/v1/admin${path}`, read, body, ms);
    const of = (integration: string, rest = ''): string => `/integrations/${encodeURIComponent(integration)}${rest}`;
    const delivery = (id: number, rest = ''): string => `/deliveries/${id}${rest}`;

    return {
        me: () => call('GET', '/me', Me),
        overview: () => call('GET', '/overview', Overview),
        setKillSwitch: (on: boolean, reason: string) => call('PUT', '/kill-switch', KillSwitch, {on, reason}),

        integrations: () => call('GET', '/integrations', IntegrationList),
        create: (body: object) => call('POST', '/integrations', Integration, body),
        change: (integration: string, body: {state?: string; config?: Settings; expected_updated_at?: string}) =>
            call('PATCH', of(integration), Integration, body),
        remove: (integration: string) => call('DELETE', of(integration, query({confirm: integration})), anything),
        channels: (integration: string) => call('GET', of(integration, '/channels'), ChannelList),
        test: (integration: string, body: {channel_id?: string}) => call('POST', of(integration, '/test'), TestReport, body, LONG_MS),
        preview: (integration: string, body: object) => call('POST', of(integration, '/route-preview'), RoutePreview, body),

        /** @param integration all, where it is empty */
        exportYaml: (integration: string) => call('GET', `/export${query({integration})}`, text),
        importYaml: (body: {document: string; secrets: Record<string, Record<string, string>>}, dry_run: boolean) =>
            call('POST', `/import${query({dry_run: String(dry_run)})}`, ImportReport, body, LONG_MS),

        secrets: (integration: string) => call('GET', of(integration, '/secrets'), SecretList),
        addSecret: (integration: string, secret: string, body: object) =>
            call('POST', of(integration, `/secrets/${secret}`), SecretMade, body),
        setExpiry: (integration: string, secret: string, value_id: string, expires_at: string | null) =>
            call('PATCH', of(integration, `/secrets/${secret}/${encodeURIComponent(value_id)}`), anything, {expires_at}),
        dropSecret: (integration: string, secret: string, value_id: string) =>
            call('DELETE', of(integration, `/secrets/${secret}/${encodeURIComponent(value_id)}`), anything),
        eventTokens: (integration: string) => call('GET', of(integration, '/tokens'), EventTokenList),
        createEventToken: (integration: string, body: object) => call('POST', of(integration, '/tokens'), MadeToken, body),
        revokeEventToken: (integration: string, id: string) =>
            call('DELETE', of(integration, `/tokens/${encodeURIComponent(id)}`), anything),

        log: (filters: Query) => call('GET', `/log${query(filters)}`, LogList),
        followLog: (filters: Query, lastId: string, signal: AbortSignal) => stream(`/v1/admin/log/stream${query(filters)}`, lastId, signal),
        audit: (filters: Query) => call('GET', `/audit${query(filters)}`, AuditList),

        deliveries: (filters: Query) => call('GET', `/deliveries${query(filters)}`, DeliveryList),
        trace: (id: number) => call('GET', delivery(id), Trace),
        reroute: (id: number, channel_id: string | null) => call('PATCH', delivery(id), Delivery, {channel_id}),
        replay: (id: number) => call('POST', delivery(id, '/replay'), Delivery),
        discard: (id: number, reason: string) => call('POST', delivery(id, '/discard'), Delivery, {reason}),
        replayAll: (body: object) => call('POST', '/deliveries/replay', Replayed, body, LONG_MS),

        lastDoctor: (integration: string) => call('GET', of(integration, '/doctor'), LastReport),
        doctor: (integration: string) => call('POST', of(integration, '/doctor'), anything, undefined, LONG_MS),
        roundTrip: (integration: string, body: {channel_id?: string}) =>
            call('POST', of(integration, '/round-trip'), Report, body, LONG_MS),
        reconcile: (integration: string, repair: boolean) => call('POST', of(integration, '/reconcile'), Report, {repair}, LONG_MS),
        erase: (integration: string, whom: Whom, dry_run: boolean) =>
            call('POST', of(integration, '/erase'), Report, {...whom, dry_run}, LONG_MS),
        visitorExport: (integration: string, whom: Whom) =>
            call('GET', of(integration, `/visitor-export${query(whom)}`), Report, undefined, LONG_MS),

        sessions: () => call('GET', '/sessions', SessionList),
        revokeSession: (id: string) => call('DELETE', `/sessions/${encodeURIComponent(id)}`, anything),
        adminTokens: () => call('GET', '/tokens', AdminTokenList),
        createAdminToken: (body: object) => call('POST', '/tokens', MadeToken, body),
        revokeAdminToken: (id: string) => call('DELETE', `/tokens/${encodeURIComponent(id)}`, anything),
    };
}
