/** One API request as the double saw it. */
export type SeenRequest = {
    readonly at: number;
    readonly method: string;
    /** path and query as sent */
    readonly url: string;
    /** e.g. `POST /posts`: the name that fault filters use */
    readonly route: string;
    readonly userId: string;
    /** what was answered; 0 when the connection was cut or never answered */
    readonly status: number;
};

export type RequestLog = {seen(): readonly SeenRequest[]; add(request: SeenRequest): void; clear(): void};

const KEPT = 20_000;

export function createRequestLog(): RequestLog {
    let entries: SeenRequest[] = [];
    return {
        seen: () => entries.slice(-KEPT),
        add(request) {
            entries.push(request);
            // Trimmed in one go now and then: shifting on every request would be quadratic under load.
            if (entries.length > 2 * KEPT) {
                entries = entries.slice(-KEPT);
            }
        },
        clear: () => {
            entries = [];
        },
    };
}
