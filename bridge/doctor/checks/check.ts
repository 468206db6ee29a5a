/** What a check is: a plain question to the inquiry; what it throws is told as a finding too. */
import type {Inquiry, Seen} from '../inquiry.ts';
import type {HopName} from '../report.ts';

export type Check = {id: string; hop: HopName; title: string; run: (inquiry: Inquiry) => Promise<Seen[]>};
