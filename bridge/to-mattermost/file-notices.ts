/** The line under a message about a file that did not come along: that it follows, or why not and what an agent can do. Complete by type. */
import type {FileOutcome} from '../contract.ts';
import type {REASONS} from '../reasons.ts';
import type {BridgeLanguage} from './phrases.ts';
import {tameInline} from './tame.ts';

type FileCode = {[Code in keyof typeof REASONS]: (typeof REASONS)[Code]['kind'] extends 'file' ? Code : never}[keyof typeof REASONS];
type Notices = {follows: (name: string) => string; sentence: (name: string) => string; why: Record<FileCode, string>; other: string};

const NOTICES: Record<BridgeLanguage, Notices> = {
    en: {
        follows: (name) => `File follows: “${name}”`,
        sentence: (name) => `The file “${name}” was not brought over:`,
        why: {
            attachment_too_large: 'it is too large. Ask for a smaller file, or a link.',
            attachment_type_refused: 'files of this type are not allowed. Ask for another type.',
            attachment_refused: 'Mattermost refused it. An admin can check the server’s file settings.',
            attachment_not_attached: 'Mattermost did not attach it. Ask for it again.',
            attachment_given_up: 'it could not be delivered for too long. An admin can have it tried again.',
            attachment_withdrawn: 'its message was withdrawn first.',
            attachment_lost: 'it is no longer stored. Ask for it again.',
            attachment_unreadable: 'its content did not come along. Ask for it again.',
            attachment_gone: 'it was deleted before it could be sent.',
            attachment_url_invalid: 'its address can’t be used. Ask for it again.',
            attachment_host_not_allowed: 'its host is not on the list of those allowed. An admin can add it.',
            attachment_address_not_allowed: 'its host is on a private network. An admin can allow that.',
            attachment_too_many_redirects: 'its address leads on too often. Ask for it again.',
            attachment_not_found: 'it is no longer there. Ask for it again.',
            attachment_denied: 'its address does not hand it out. Ask for it again.',
            attachment_unavailable: 'its server failed. Ask for it again later.',
            attachment_encoded: 'its server sent it packed. An admin can tell i-Reserve.',
            attachment_timeout: 'its server was too slow. Ask for it again later.',
            attachment_unreachable: 'its server can’t be reached. Ask for it again later.',
        },
        other: 'it could not be fetched.',
    },
    nl: {
        follows: (name) => `Bestand volgt: ‘${name}’`,
        sentence: (name) => `Het bestand ‘${name}’ is niet overgenomen:`,
        why: {
            attachment_too_large: 'het is te groot. Vraag om een kleiner bestand, of een link.',
            attachment_type_refused: 'dit type bestand is niet toegestaan. Vraag om een ander type.',
            attachment_refused: 'Mattermost heeft het geweigerd. Een beheerder kan de bestandsinstellingen van de server nakijken.',
            attachment_not_attached: 'Mattermost heeft het niet bijgevoegd. Vraag er opnieuw om.',
            attachment_given_up: 'het kon te lang niet worden bezorgd. Een beheerder kan het opnieuw laten proberen.',
            attachment_withdrawn: 'het bericht was eerder ingetrokken.',
            attachment_lost: 'het is niet meer bewaard. Vraag er opnieuw om.',
            attachment_unreadable: 'de inhoud kwam niet mee. Vraag er opnieuw om.',
            attachment_gone: 'het is verwijderd voordat het verstuurd kon worden.',
            attachment_url_invalid: 'het adres ervan is onbruikbaar. Vraag er opnieuw om.',
            attachment_host_not_allowed: 'de host ervan staat niet op de lijst van toegestane hosts. Een beheerder kan hem toevoegen.',
            attachment_address_not_allowed: 'de host ervan staat in een privénetwerk. Een beheerder kan dat toestaan.',
            attachment_too_many_redirects: 'het adres verwijst te vaak door. Vraag er opnieuw om.',
            attachment_not_found: 'het staat er niet meer. Vraag er opnieuw om.',
            attachment_denied: 'het adres geeft het niet vrij. Vraag er opnieuw om.',
            attachment_unavailable: 'de server ervan faalde. Vraag er later opnieuw om.',
            attachment_encoded: 'de server ervan stuurde het ingepakt. Een beheerder kan het i-Reserve melden.',
            attachment_timeout: 'de server ervan was te traag. Vraag er later opnieuw om.',
            attachment_unreachable: 'de server ervan is niet bereikbaar. Vraag er later opnieuw om.',
        },
        other: 'het kon niet worden opgehaald.',
    },
    de: {
        follows: (name) => `Datei folgt: „${name}“`,
        sentence: (name) => `Die Datei „${name}“ wurde nicht übernommen:`,
        why: {
            attachment_too_large: 'Sie ist zu groß. Bitten Sie um eine kleinere Datei oder einen Link.',
            attachment_type_refused: 'Dateien dieses Typs sind nicht erlaubt. Bitten Sie um einen anderen Typ.',
            attachment_refused: 'Mattermost hat sie abgelehnt. Ein Admin kann die Dateieinstellungen des Servers prüfen.',
            attachment_not_attached: 'Mattermost hat sie nicht angehängt. Bitten Sie noch einmal darum.',
            attachment_given_up: 'Sie konnte zu lange nicht zugestellt werden. Ein Admin kann es noch einmal versuchen lassen.',
            attachment_withdrawn: 'Ihre Nachricht wurde vorher zurückgezogen.',
            attachment_lost: 'Sie ist nicht mehr gespeichert. Bitten Sie noch einmal darum.',
            attachment_unreadable: 'Ihr Inhalt kam nicht mit. Bitten Sie noch einmal darum.',
            attachment_gone: 'Sie wurde gelöscht, bevor sie gesendet werden konnte.',
            attachment_url_invalid: 'Ihre Adresse ist unbrauchbar. Bitten Sie noch einmal darum.',
            attachment_host_not_allowed: 'Ihr Host steht nicht auf der Liste der erlaubten. Ein Admin kann ihn hinzufügen.',
            attachment_address_not_allowed: 'Ihr Host liegt in einem privaten Netz. Ein Admin kann das erlauben.',
            attachment_too_many_redirects: 'Ihre Adresse leitet zu oft weiter. Bitten Sie noch einmal darum.',
            attachment_not_found: 'Sie ist nicht mehr vorhanden. Bitten Sie noch einmal darum.',
            attachment_denied: 'Ihre Adresse gibt sie nicht heraus. Bitten Sie noch einmal darum.',
            attachment_unavailable: 'Ihr Server hat versagt. Bitten Sie später noch einmal darum.',
            attachment_encoded: 'Ihr Server hat sie gepackt gesendet. Ein Admin kann es i-Reserve melden.',
            attachment_timeout: 'Ihr Server war zu langsam. Bitten Sie später noch einmal darum.',
            attachment_unreachable: 'Ihr Server ist nicht erreichbar. Bitten Sie später noch einmal darum.',
        },
        other: 'Sie konnte nicht abgerufen werden.',
    },
};

/** The lines about files that follow or are missing, in the language of the integration. Names come from outside: they are tamed here. */
export const fileNotices = (files: readonly FileOutcome[], language: BridgeLanguage): string[] =>
    files.flatMap((file) => fileNotice(file, language) ?? []);

/** The line about one file; null when it is there. */
export function fileNotice({name, state, code = ''}: FileOutcome, language: BridgeLanguage): string | null {
    const {follows, sentence, why, other} = NOTICES[language];
    const shown = tameInline(name, 120);
    if (state === 'waiting') return `⏳ ${follows(shown)}`;
    if (state !== 'missing') return null;
    return `⚠️ ${sentence(shown)} ${Object.hasOwn(why, code) ? why[code as FileCode] : other}`;
}

/**
 * A message with its line about a file replaced, whatever that said and in whichever language.
 *
 * @param line the new one; null: none
 * @returns null when it has no such line
 */
export function replaceNotice(message: string, name: string, line: string | null): string | null {
    const lines = message.split('\n');
    // The last one: a visitor may have written the same above.
    const at = lines.findLastIndex((one) => isNoticeOf(name, one));
    if (at === -1) return null;
    lines.splice(at, 1, ...(line === null ? [] : [line]));
    return lines.join('\n').trimEnd();
}

function isNoticeOf(name: string, line: string): boolean {
    const shown = tameInline(name, 120);
    return Object.values(NOTICES).some(
        ({follows, sentence}) => line === `⏳ ${follows(shown)}` || line.startsWith(`⚠️ ${sentence(shown)} `),
    );
}
