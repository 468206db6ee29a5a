/** What the bridge says to agents about their own side, in the language of the integration. Complete by type. */

import type {Ask} from '../to-ireserve/policy.ts';
import type {Button} from './buttons.ts';
import type {Line} from './own-events.ts';
import type {BridgeLanguage} from './phrases.ts';

/** Names are tamed already. */
type Spoken = {by: string; to: string; reason: string};

export type AgentPhrases = {
    buttons: Record<Button, string>;
    lines: Record<Line['what'], (spoken: Spoken) => string>;
    /** After a name and a symbol; with the time. */
    waitingSince: (when: string) => string;
    booking: string;
    note: string;
    /** Under a reply that waits for its author's word. `why` is one of `asked`. */
    question: (why: string) => string;
    asked: Record<Ask['why'] | 'edited', string>;
    questionEnds: (minutes: number) => string;
    /** Under a reply that could not be delivered. */
    hint: (code: string, detail: string) => string;
};

const en: AgentPhrases = {
    buttons: {
        claim: 'Claim',
        release: 'Release',
        close: 'Close',
        reopen: 'Reopen',
        reply: 'Reply to visitor',
        send: 'Send to visitor',
        keep: 'Keep internal',
        retry: 'Retry',
        discard: 'Give up',
    },
    lines: {
        claimed: ({by}) => `▸ ${by} took this conversation.`,
        released: ({by}) => `▸ ${by} released this conversation; nobody has it now.`,
        closed: ({by, reason}) => `▸ ${by} closed this conversation${reason ? `: ${reason}` : '.'}`,
        reopened: ({by}) => `▸ ${by} reopened this conversation.`,
        asked_again: () => '▸ The visitor wrote again: this conversation is open again, and waits.',
        transferred: ({by, to}) => `▸ ${by} handed this conversation to ${to}.`,
        sent: ({by}) => `▸ ${by} sent the held reply to the visitor.`,
        kept: ({by}) => `▸ ${by} kept the held reply internal.`,
    },
    waitingSince: (when) => `waiting since ${when}`,
    booking: 'Booking',
    note: 'note, not seen by the visitor',
    question: (why) => `✋ **Not sent yet.** ${why} Is it for the visitor?`,
    asked: {
        mentions: 'This reply mentions a colleague or a group.',
        unjudged: 'This reply could not be compared with the list of what is not meant for visitors; an admin can mend the list.',
        pattern: 'This reply holds something that often is not meant for visitors (a number like a payment card’s, or a word on the list).',
        unheard: 'This reply was edited before the bridge could read it: it may have been a note at first.',
        edited: 'The edited reply now mentions a colleague or holds something that often is not meant for visitors.',
    },
    questionEnds: (minutes) => `Without an answer it stays internal after ${minutes} minutes.`,
    hint: (code, detail) => `⚠️ **The reply above did not reach the visitor.** \`${code}\`: ${detail}`,
};

const nl: AgentPhrases = {
    buttons: {
        claim: 'Oppakken',
        release: 'Loslaten',
        close: 'Sluiten',
        reopen: 'Heropenen',
        reply: 'Antwoord bezoeker',
        send: 'Naar bezoeker sturen',
        keep: 'Intern houden',
        retry: 'Opnieuw proberen',
        discard: 'Opgeven',
    },
    lines: {
        claimed: ({by}) => `▸ ${by} heeft dit gesprek opgepakt.`,
        released: ({by}) => `▸ ${by} heeft dit gesprek losgelaten; niemand heeft het nu.`,
        closed: ({by, reason}) => `▸ ${by} heeft dit gesprek gesloten${reason ? `: ${reason}` : '.'}`,
        reopened: ({by}) => `▸ ${by} heeft dit gesprek heropend.`,
        asked_again: () => '▸ De bezoeker schreef opnieuw: dit gesprek is weer open en wacht op antwoord.',
        transferred: ({by, to}) => `▸ ${by} heeft dit gesprek overgedragen aan ${to}.`,
        sent: ({by}) => `▸ ${by} heeft het vastgehouden antwoord naar de bezoeker gestuurd.`,
        kept: ({by}) => `▸ ${by} heeft het vastgehouden antwoord intern gehouden.`,
    },
    waitingSince: (when) => `wacht op antwoord sinds ${when}`,
    booking: 'Boeking',
    note: 'notitie, niet zichtbaar voor de bezoeker',
    question: (why) => `✋ **Nog niet verstuurd.** ${why} Is het voor de bezoeker?`,
    asked: {
        mentions: 'Dit antwoord noemt een collega of een groep.',
        unjudged:
            'Dit antwoord kon niet worden vergeleken met de lijst van wat niet voor bezoekers bedoeld is; een beheerder kan de lijst herstellen.',
        pattern:
            'In dit antwoord staat iets dat vaak niet voor bezoekers bedoeld is (een nummer zoals van een betaalkaart, of een woord op de lijst).',
        unheard: 'Dit antwoord is bewerkt voordat de bridge het kon lezen: misschien was het eerst een notitie.',
        edited: 'Het bewerkte antwoord noemt nu een collega, of er staat iets in dat vaak niet voor bezoekers bedoeld is.',
    },
    questionEnds: (minutes) => `Zonder antwoord blijft het na ${minutes} minuten intern.`,
    hint: (code, detail) => `⚠️ **Het antwoord hierboven heeft de bezoeker niet bereikt.** \`${code}\`: ${detail}`,
};

const de: AgentPhrases = {
    buttons: {
        claim: 'Übernehmen',
        release: 'Freigeben',
        close: 'Schließen',
        reopen: 'Wieder öffnen',
        reply: 'Besucher antworten',
        send: 'An Besucher senden',
        keep: 'Intern behalten',
        retry: 'Erneut versuchen',
        discard: 'Aufgeben',
    },
    lines: {
        claimed: ({by}) => `▸ ${by} hat dieses Gespräch übernommen.`,
        released: ({by}) => `▸ ${by} hat dieses Gespräch freigegeben; niemand hat es gerade.`,
        closed: ({by, reason}) => `▸ ${by} hat dieses Gespräch geschlossen${reason ? `: ${reason}` : '.'}`,
        reopened: ({by}) => `▸ ${by} hat dieses Gespräch wieder geöffnet.`,
        asked_again: () => '▸ Der Besucher hat wieder geschrieben: Dieses Gespräch ist wieder offen und wartet auf Antwort.',
        transferred: ({by, to}) => `▸ ${by} hat dieses Gespräch an ${to} übergeben.`,
        sent: ({by}) => `▸ ${by} hat die zurückgehaltene Antwort an den Besucher gesendet.`,
        kept: ({by}) => `▸ ${by} hat die zurückgehaltene Antwort intern behalten.`,
    },
    waitingSince: (when) => `wartet auf Antwort seit ${when}`,
    booking: 'Buchung',
    note: 'Notiz, für den Besucher nicht sichtbar',
    question: (why) => `✋ **Noch nicht gesendet.** ${why} Ist sie für den Besucher?`,
    asked: {
        mentions: 'Diese Antwort erwähnt einen Kollegen oder eine Gruppe.',
        unjudged:
            'Diese Antwort konnte nicht mit der Liste dessen verglichen werden, was nicht für Besucher bestimmt ist; ein Administrator kann die Liste berichtigen.',
        pattern:
            'Diese Antwort enthält etwas, das oft nicht für Besucher bestimmt ist (eine Nummer wie die einer Zahlungskarte oder ein Wort auf der Liste).',
        unheard: 'Diese Antwort wurde bearbeitet, bevor die Bridge sie lesen konnte: Vielleicht war sie zuerst eine Notiz.',
        edited: 'Die bearbeitete Antwort erwähnt jetzt einen Kollegen oder enthält etwas, das oft nicht für Besucher bestimmt ist.',
    },
    questionEnds: (minutes) => `Ohne Antwort bleibt sie nach ${minutes} Minuten intern.`,
    hint: (code, detail) => `⚠️ **Die Antwort oben hat den Besucher nicht erreicht.** \`${code}\`: ${detail}`,
};

const PHRASES: Record<BridgeLanguage, AgentPhrases> = {en, nl, de};

export const agentPhrases = (language: BridgeLanguage): AgentPhrases => PHRASES[language];
