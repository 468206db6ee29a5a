/** What the bridge says of a document that can't be imported (bridge/admin/exchange.ts): where, and which secrets would mend it. */

type Told = {path: string; message: string};

export type Problem = {
    /** From 1; null: it is about the whole. */
    line: number | null;
    /** `integrations.aurora.config.language` */
    path: string;
    message: string;
};

export type Wanted = {integration: string; kind: string; message: string};

export function problemOf({path, message}: Told): Problem {
    const [, line, rest] = /^line (\d+):\d+ ?(.*)$/.exec(path) ?? [];
    return {line: line === undefined ? null : Number(line), path: rest ?? path, message};
}

/** The secret a problem is about: it can be handed in beside the document. */
export function wantedBy({path, message}: Problem): Wanted | null {
    const [, integration, kind] = /^integrations\.(.+)\.secrets\.([a-z_]+)(?:\.\d+)?$/.exec(path) ?? [];
    return integration === undefined || kind === undefined ? null : {integration, kind, message};
}

/** Of one box. No name holds a line break. */
export const keyOf = ({integration, kind}: Pick<Wanted, 'integration' | 'kind'>): string => `${integration}\n${kind}`;

/** What was asked for once stays, without what was wrong then. */
export function merged(before: Wanted[], found: (Wanted | null)[]): Wanted[] {
    const all = new Map(before.map((one) => [keyOf(one), {...one, message: ''}]));
    for (const one of found) if (one) all.set(keyOf(one), one);
    return [...all.values()];
}

/** What was typed, as the bridge takes it. */
export function bySecret(typed: Record<string, string>): Record<string, Record<string, string>> {
    const given: Record<string, Record<string, string>> = {};
    for (const [key, value] of Object.entries(typed)) {
        const [integration = '', kind = ''] = key.split('\n');
        if (value.trim()) given[integration] = {...given[integration], [kind]: value.trim()};
    }
    return given;
}
