/** The line under a message about a file that did not come along: why, and what an agent can do about it. Complete by type. */
import type {FileOutcome} from '../contract.ts';
import type {REASONS} from '../reasons.ts';
import type {BridgeLanguage} from './phrases.ts';
import {tameInline} from './tame.ts';

type FileCode = {[Code in keyof typeof REASONS]: (typeof REASONS)[Code]['kind'] extends 'file' ? Code : never}[keyof typeof REASONS];
type Notices = {sentence: (name: string) => string; why: Record<FileCode, string>; other: string};

const NOTICES: Record<BridgeLanguage, Notices> = {
    en: {
        sentence: (name) => `The file “${name}” was not brought over:`,
        why: {
            attachment_too_large: 'it is too large. Ask for a smaller file, or a link.',
            attachment_type_refused: 'files of this type are not allowed. Ask for another type.',
            attachment_refused: 'Mattermost refused it. An admin can check the server’s file settings.',
            attachment_not_attached: 'Mattermost did not attach it. Ask for it again.',
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
        sentence: (name) => `Het bestand ‘${name}’ is niet overgenomen:`,
        why: {
            attachment_too_large: 'het is te groot. Vraag om een kleiner bestand, of een link.',
            attachment_type_refused: 'dit type bestand is niet toegestaan. Vraag om een ander type.',
            attachment_refused: 'Mattermost heeft het geweigerd. Een beheerder kan de bestandsinstellingen van de server nakijken.',
            attachment_not_attached: 'Mattermost heeft het niet bijgevoegd. Vraag er opnieuw om.',
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
        sentence: (name) => `Die Datei „${name}“ wurde nicht übernommen:`,
        why: {
            attachment_too_large: 'Sie ist zu groß. Bitten Sie um eine kleinere Datei oder einen Link.',
            attachment_type_refused: 'Dateien dieses Typs sind nicht erlaubt. Bitten Sie um einen anderen Typ.',
            attachment_refused: 'Mattermost hat sie abgelehnt. Ein Admin kann die Dateieinstellungen des Servers prüfen.',
            attachment_not_attached: 'Mattermost hat sie nicht angehängt. Bitten Sie noch einmal darum.',
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

/** The lines about files that are missing, in the language of the integration. Names come from outside: they are tamed here. */
export function fileNotices(files: readonly FileOutcome[], language: BridgeLanguage): string[] {
    const {sentence, why, other} = NOTICES[language];
    return files
        .filter(({state}) => state === 'missing')
        .map(({name, code = ''}) => `⚠️ ${sentence(tameInline(name, 120))} ${Object.hasOwn(why, code) ? why[code as FileCode] : other}`);
}
