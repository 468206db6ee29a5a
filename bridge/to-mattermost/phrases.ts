/** What the bridge itself writes in Mattermost, in the language of the integration. Complete by type: a missing phrase does not compile. */
import type {ConversationStatus} from '../contract.ts';
import type {IntegrationConfig} from '../integration.ts';

export type BridgeLanguage = IntegrationConfig['language'];
type Role = 'visitor' | 'agent' | 'bot';
type Presence = 'online' | 'away' | 'left';

export type Phrases = {
    roles: Record<Role, string>;
    /** When somebody has no name. */
    unnamed: Record<Role, string>;
    statuses: Record<ConversationStatus, string>;
    presences: Record<Presence, string>;
    card: Record<'page' | 'conversation' | 'language' | 'started' | 'assignee' | 'presence' | 'topic' | 'email', string>;
    nobody: string;
    yes: string;
    no: string;
    withdrawn: string;
    /** With the reason, which must be tamed, or without. */
    closed: (reason: string | null) => string;
    /** Reply in the old thread, and line on its card: the conversation goes on elsewhere. `url` is ours. */
    continuedIn: (url: string) => string;
    /** Reply in a thread that stands beside the conversation's own. `url` is ours. */
    doubledIn: (url: string) => string;
    /** Reply in a thread the bridge did not know before. */
    takenUp: string;
    /** Line on the new thread's card. `url` is ours. */
    continuesFrom: (url: string) => string;
    /** Line on the card of a thread made because the one before was deleted or archived. `url` is ours. */
    recreated: (url: string) => string;
    recap: string;
    part: (number: number, total: number) => string;
    moreFiles: (number: number, total: number) => string;
    /** In the post of a file that came later than its message. `url` is ours. */
    lateFile: (url: string) => string;
};

const en: Phrases = {
    roles: {visitor: 'visitor', agent: 'agent', bot: 'bot'},
    unnamed: {visitor: 'Visitor', agent: 'Agent', bot: 'Bot'},
    statuses: {open: 'open', waiting: 'waiting', closed: 'closed'},
    presences: {online: 'online', away: 'away', left: 'left the site'},
    card: {
        page: 'Page',
        conversation: 'Conversation',
        language: 'Language',
        started: 'Started',
        assignee: 'Assigned to',
        presence: 'Presence',
        topic: 'Topic',
        email: 'E-mail',
    },
    nobody: 'nobody yet',
    yes: 'yes',
    no: 'no',
    withdrawn: 'This message was withdrawn.',
    closed: (reason) => (reason ? `Conversation closed: ${reason}` : 'Conversation closed.'),
    continuedIn: (url) => `➡️ This conversation [continues in a new thread](${url}).`,
    doubledIn: (url) => `➡️ This conversation was there twice; it [goes on in the other thread](${url}).`,
    takenUp:
        '🔗 From here on, answers in this thread reach the visitor again. Whether those above did is not known; react with :outbox_tray: to send one.',
    continuesFrom: (url) => `⬅️ Continues from [an earlier thread](${url}).`,
    recreated: (url) => `↩️ [The earlier thread](${url}) was deleted or archived; the conversation goes on here.`,
    recap: 'Last said:',
    part: (number, total) => `${number}/${total}`,
    moreFiles: (number, total) => `More files (${number}/${total})`,
    lateFile: (url) => `📎 File of [an earlier message](${url})`,
};

const nl: Phrases = {
    roles: {visitor: 'bezoeker', agent: 'medewerker', bot: 'bot'},
    unnamed: {visitor: 'Bezoeker', agent: 'Medewerker', bot: 'Bot'},
    statuses: {open: 'open', waiting: 'wacht op antwoord', closed: 'gesloten'},
    presences: {online: 'online', away: 'even weg', left: 'heeft de site verlaten'},
    card: {
        page: 'Pagina',
        conversation: 'Gesprek',
        language: 'Taal',
        started: 'Begonnen',
        assignee: 'Toegewezen aan',
        presence: 'Aanwezigheid',
        topic: 'Onderwerp',
        email: 'E-mail',
    },
    nobody: 'nog niemand',
    yes: 'ja',
    no: 'nee',
    withdrawn: 'Dit bericht is ingetrokken.',
    closed: (reason) => (reason ? `Gesprek gesloten: ${reason}` : 'Gesprek gesloten.'),
    continuedIn: (url) => `➡️ Dit gesprek [gaat verder in een nieuwe thread](${url}).`,
    doubledIn: (url) => `➡️ Dit gesprek stond er twee keer; het [gaat verder in de andere thread](${url}).`,
    takenUp:
        '🔗 Vanaf hier bereiken antwoorden in deze thread de bezoeker weer. Of dat ook voor eerdere antwoorden geldt, is niet bekend; reageer met :outbox_tray: om er een te versturen.',
    continuesFrom: (url) => `⬅️ Vervolg van [een eerdere thread](${url}).`,
    recreated: (url) => `↩️ [De eerdere thread](${url}) is verwijderd of gearchiveerd; het gesprek gaat hier verder.`,
    recap: 'Laatst gezegd:',
    part: (number, total) => `${number}/${total}`,
    moreFiles: (number, total) => `Meer bestanden (${number}/${total})`,
    lateFile: (url) => `📎 Bestand bij [een eerder bericht](${url})`,
};

const de: Phrases = {
    roles: {visitor: 'Besucher', agent: 'Mitarbeiter', bot: 'Bot'},
    unnamed: {visitor: 'Besucher', agent: 'Mitarbeiter', bot: 'Bot'},
    statuses: {open: 'offen', waiting: 'wartet auf Antwort', closed: 'geschlossen'},
    presences: {online: 'online', away: 'kurz weg', left: 'hat die Seite verlassen'},
    card: {
        page: 'Seite',
        conversation: 'Gespräch',
        language: 'Sprache',
        started: 'Begonnen',
        assignee: 'Zugewiesen an',
        presence: 'Anwesenheit',
        topic: 'Thema',
        email: 'E-Mail',
    },
    nobody: 'noch niemand',
    yes: 'ja',
    no: 'nein',
    withdrawn: 'Diese Nachricht wurde zurückgezogen.',
    closed: (reason) => (reason ? `Gespräch beendet: ${reason}` : 'Gespräch beendet.'),
    continuedIn: (url) => `➡️ Dieses Gespräch [geht in einem neuen Thread weiter](${url}).`,
    doubledIn: (url) => `➡️ Dieses Gespräch war doppelt da; es [geht im anderen Thread weiter](${url}).`,
    takenUp:
        '🔗 Ab hier erreichen Antworten in diesem Thread den Besucher wieder. Ob das auch für frühere gilt, ist nicht bekannt; reagieren Sie mit :outbox_tray:, um eine zu senden.',
    continuesFrom: (url) => `⬅️ Fortsetzung [eines früheren Threads](${url}).`,
    recreated: (url) => `↩️ [Der frühere Thread](${url}) wurde gelöscht oder archiviert; das Gespräch geht hier weiter.`,
    recap: 'Zuletzt gesagt:',
    part: (number, total) => `${number}/${total}`,
    moreFiles: (number, total) => `Weitere Dateien (${number}/${total})`,
    lateFile: (url) => `📎 Datei zu [einer früheren Nachricht](${url})`,
};

const PHRASES: Record<BridgeLanguage, Phrases> = {en, nl, de};

export function phrases(language: BridgeLanguage): Phrases {
    return PHRASES[language];
}
