/** One row of the doctor's table. */
import type {ServerSetting} from './server-settings.ts';

/**
 * - error: a hop does not work
 * - warning: it works in part, or will stop working
 * - info: worth knowing
 */
export type Severity = 'error' | 'warning' | 'info';

/** `{word}` in `mend` is filled in where the finding is made. */
export type FindingEntry = {severity: Severity; means: string; mend: string; settings?: readonly ServerSetting[]};
