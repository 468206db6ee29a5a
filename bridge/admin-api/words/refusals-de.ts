import type {RefusalWords} from './words.ts';

const AGAIN = 'Versuchen Sie es nach Retry-After Sekunden noch einmal';

export const DE_REFUSALS: RefusalWords = {
    malformed_body: ['Der Inhalt ist kein JSON', 'Senden Sie JSON in UTF-8.'],
    invalid_request: ['Die Anfrage passt nicht', 'Berichtigen Sie die Felder, die in errors stehen; siehe /docs.'],
    unknown_parameter: [
        'Unbekannter Parameter in der Adresse',
        'Verwenden Sie die Parameter aus /docs, so geschrieben wie dort; es wurde nichts getan.',
    ],
    unauthenticated: ['Kein Zugangsnachweis', 'Senden Sie Authorization: Bearer <token>.'],
    session_expired: ['Die Sitzung ist vorbei', 'Laden Sie die Seite neu.'],
    too_many_requests: ['Zu viele Anfragen', 'Warten Sie Retry-After Sekunden.'],
    wrong_admin_token: [
        'Kein Admin-Token und keine Sitzung eines Admins',
        'Erstellen Sie eines: ireserve-bridge admin-token create; Bearer von i-Reserve und von Mitarbeitern gelten hier nicht.',
    ],
    not_an_admin: [
        'Kein System-Admin dieses Mattermost-Servers',
        'Fragen Sie einen System-Admin von Mattermost, oder verwenden Sie ein Admin-Token.',
    ],
    read_only: ['Dieser Bearer darf nur lesen', 'Verwenden Sie ein Token, das auch ändern darf (scope write).'],
    bridge_wide: [
        'Dieser Bearer reicht nicht bis zur ganzen Bridge',
        'Verwenden Sie ein Admin-Token, das an keine Integration gebunden ist, oder die Kommandozeile.',
    ],
    needs_unbound: [
        'Dieser Bearer darf nicht ändern, wem geglaubt wird',
        'Server-URL und Tokens des Slash-Befehls entscheiden, wer Admin ist: Verwenden Sie ein Token, das an keine Integration gebunden ist, oder die Kommandozeile.',
    ],
    other_server: [
        'Ein anderer Mattermost-Server als der, dessen Admin das ist',
        'Verwenden Sie ein Admin-Token, das an keine Integration gebunden ist, oder die Kommandozeile.',
    ],
    sessions_only: ['Nur für Sitzungen', 'Widerrufen Sie Tokens mit ihrer Id.'],
    no_such_integration: ['Diese Integration gibt es nicht', 'Laden Sie die Liste neu.'],
    unknown_delivery: ['Unbekannte Zustellung', 'Laden Sie die Liste neu.'],
    unknown_token: ['Unbekanntes Token', 'Laden Sie die Liste neu.'],
    unknown_session: ['Unbekannte Sitzung', 'Laden Sie die Liste neu; sie ist vielleicht zu Ende.'],
    unknown_secret: ['Dieses Geheimnis ist nicht in Gebrauch', 'Laden Sie die Integration neu.'],
    name_taken: ['Eine Integration dieses Namens gibt es schon', 'Wählen Sie einen anderen Namen.'],
    changed_meanwhile: ['Jemand hat es inzwischen geändert', 'Laden Sie es neu, und ändern Sie, was jetzt da steht.'],
    not_dead: ['Das geht nur mit aufgegebenen Zustellungen', 'Laden Sie sie neu.'],
    delivery_busy: [
        'Das Gespräch wird gerade zugestellt',
        'Versuchen Sie es gleich noch einmal; pausieren Sie die Integration, wenn es so bleibt.',
    ],
    delivery_settled: ['Die Zustellung ist erledigt', 'Nichts.'],
    no_room_for_secret: [
        'Von diesem Geheimnis sind so viele gültig, wie es geben darf',
        'Entfernen Sie zuerst das älteste, oder senden Sie drop_oldest: true mit.',
    ],
    needs_a_secret: ['Die Integration kann nicht ohne sein', 'Setzen Sie das neue; es tritt an die Stelle des alten.'],
    credentials_in_url: [
        'Eine Adresse enthält einen Benutzernamen oder ein Passwort',
        'Geben Sie sie ohne user:password@ an; i-Reserve erkennt die Bridge an ihrer Signatur oder an einem Callback-Token.',
    ],
    bot_token_refused: ['Mattermost lehnt das Bot-Token ab', 'Kopieren Sie es noch einmal aus Integrations → Bot Accounts.'],
    other_bot: [
        'Das Token gehört einem anderen Konto',
        'Erstellen Sie ein Token für denselben Bot: Mit einem anderen erkennt niemand mehr die eigenen Beiträge.',
    ],
    invalid_import: [
        'Das Dokument kann nicht importiert werden',
        'Berichtigen Sie die Zeilen, die in errors stehen; nichts wurde geändert.',
    ],
    switched_off: ['Der Notschalter ist an', 'Nichts geht ein oder aus, bis ein Admin ihn ausschaltet: ireserve-bridge kill-switch off.'],
    still_sending: ['Gerade wird eine Nachricht davon gesendet', 'Fragen Sie in einer Minute noch einmal; was getan ist, ist getan.'],
    not_available: ['Diese Bridge kann das nicht', 'Verwenden Sie eine neuere Version.'],
    too_large: ['Die Anfrage ist zu groß', 'Die Grenze steht dabei; senden Sie weniger auf einmal.'],
    unsupported_media_type: ['Unbekannte Art von Inhalt', 'Senden Sie application/json.'],
    overloaded: ['Die Bridge ist überlastet', `${AGAIN}; nichts wurde gespeichert.`],
    storage_unavailable: ['Die Bridge kann nichts speichern', `${AGAIN}; ein Admin sollte Festplatte und Datenbank prüfen.`],
    mattermost_unavailable: ['Mattermost ist gerade nicht erreichbar', `${AGAIN}; bleibt es so, sollte ein Admin nachsehen.`],
    stopping: ['Die Bridge wird gerade beendet', `${AGAIN}.`],
    internal: ['In der Bridge ging etwas schief', 'Versuchen Sie es noch einmal; bleibt es so, melden Sie request_id.'],
};
