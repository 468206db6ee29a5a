/** Structured log. Secrets are cut out at the logger, not at the call site. */
import pino, {type DestinationStream, type Logger} from 'pino';

export type Log = Logger;

export function createLog(level: string, destination?: DestinationStream): Log {
    return pino(
        {
            level,
            base: {service: 'ireserve-bridge'},
            timestamp: pino.stdTimeFunctions.isoTime,
            redact: {
                paths: [
                    'authorization',
                    '*.authorization',
                    'req.headers.authorization',
                    'req.headers["webhook-signature"]',
                    'req.headers.cookie',
                    'token',
                    '*.token',
                    'secret',
                    '*.secret',
                    '*.bot_token',
                    '*.signing_secrets',
                    'secrets',
                    '*.secrets',
                ],
                censor: '[redacted]',
            },
            serializers: {err: pino.stdSerializers.err},
        },
        destination ?? pino.destination({fd: 1, sync: false}),
    );
}
