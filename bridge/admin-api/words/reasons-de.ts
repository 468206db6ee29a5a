import type {ReasonWords} from './words.ts';

const NOTHING = 'Nichts.';
const BY_ITSELF = 'Nichts; es wird von selbst noch einmal versucht.';
const SET = 'ireserve-bridge integration set <integration>';
const ADD = 'ireserve-bridge secret add <integration>';

export const DE_REASONS: ReasonWords = {
    integration_inactive: [
        'Die Integration ist inaktiv: Ereignisse werden angenommen und nicht gesendet.',
        `Schalten Sie sie ein: \`${SET} --state active\`. Was ignoriert wurde, wird später nicht gesendet.`,
    ],
    integration_paused: ['Die Integration ist pausiert, und Tippen wird nicht für später aufgehoben.', NOTHING],
    notification_unmapped: [
        'Für Benachrichtigungen dieser Art ist kein Kanal gesetzt.',
        `Wenn sie gewünscht sind: \`${SET} --notification <type>=<channel id>\`.`,
    ],
    conversation_erased: [
        'Das Gespräch wurde hier aus Datenschutzgründen gelöscht; nichts davon ist aufbewahrt, und nichts mehr wird angenommen.',
        'Nichts. Schreibt der Besucher wieder, eröffnen Sie ein Gespräch mit einer neuen Id.',
    ],
    transient: ['Tippen wird sofort weitergegeben oder gar nicht.', NOTHING],
    notification_known: [
        'Diese Benachrichtigungs-Id wurde schon zugestellt, unter einer anderen Ereignis-Id.',
        'Geben Sie jeder Benachrichtigung eine eigene notification_id.',
    ],
    message_known: [
        'Diese Nachrichten-Id wurde schon zugestellt, unter einer anderen Ereignis-Id.',
        'Geben Sie jeder Nachricht eine eigene Id; wiederholen Sie ein Ereignis mit derselben Ereignis-Id.',
    ],
    held_for_message: [
        'Die Änderung oder Rücknahme kam vor ihrer Nachricht. Sie wird aufgehoben und angewandt, wenn die Nachricht kommt.',
        'Senden Sie message.created; kommt sie nie, wird nichts angezeigt.',
    ],
    held_for_answer: [
        'message.state nennt eine Antwort mit einer Id, die die Bridge noch nicht kennt. Es wird aufgehoben und angewandt, wenn i-Reserve den Callback damit beantwortet.',
        'Beantworten Sie den Callback mit dieser message_id; kommt sie nie, wird nichts angezeigt.',
    ],
    stale: [
        'Etwas Neueres ist schon bekannt: eine spätere Änderung oder Angabe, oder was ein Mitarbeiter hier seit seinem Zeitstempel getan hat.',
        NOTHING,
    ],
    attachment_known: ['Die Datei steht schon bei ihrer Nachricht.', NOTHING],
    message_withdrawn: ['Die Nachricht wurde vorher zurückgezogen.', NOTHING],
    post_gone: ['Der Beitrag wurde in Mattermost gelöscht.', NOTHING],
    root_gone: [
        'Der Anfang des Threads wurde gelöscht. Eine Änderung der Karte ist dann nicht zu sehen; die nächste Nachricht beginnt einen neuen Thread.',
        'Nichts. Wartet es mit diesem Code weiter, löscht jemand jeden Anfang, sobald er da ist.',
    ],
    echo: [
        'i-Reserve hat zurückgesendet, was es aus einem Callback hatte: Es steht schon im Thread.',
        'Nichts; besser ist, nicht zu senden, was mit einem Callback kam.',
    ],
    no_thread: ['Das Gespräch hat noch keinen Thread.', NOTHING],
    asked: [
        'Die Antwort wird zurückgehalten: Ihr Autor, oder ein Kollege, ist im Thread gefragt, ob sie für den Besucher ist.',
        'Wählen Sie unter der Frage, ob sie an den Besucher geht oder intern bleibt.',
    ],
    kept: ['Intern behalten, nachdem danach gefragt wurde.', NOTHING],
    never_sent: ['Die Nachricht selbst ging nicht an i-Reserve, also gibt es nichts zu ändern oder zurückzunehmen.', NOTHING],
    superseded: ['i-Reserve hat diese Fassung der Antwort oder eine neuere.', NOTHING],
    deleted_before_relay: ['Die Antwort wurde zurückgenommen, bevor sie ging.', NOTHING],
    taken_back: [
        'Die Antwort wurde nach einem Versuch zurückgenommen, den i-Reserve angenommen haben kann: Ihre Worte gehen nicht noch einmal, ihre Löschung schon.',
        NOTHING,
    ],
    reply_unknown: ['Die Antwort ist nicht mehr bekannt.', NOTHING],
    message_unknown: [
        'message.state nennt keine Antwort dieses Gesprächs.',
        'Senden Sie die message_id des Callbacks, oder die, mit der er beantwortet wurde.',
    ],
    mattermost_rate_limited: [
        'Mattermost hat 429 geantwortet: zu viele Anfragen.',
        'Nichts; es wird wieder versucht, sobald Mattermost es zulässt. Bleibt es so, erhöhen Sie RateLimitSettings auf dem Server.',
    ],
    mattermost_unreachable: [
        'Keine Verbindung zum Mattermost-Server: Name, Netz oder Firewall.',
        'Prüfen Sie Server-URL, DNS und Firewall von der Bridge aus.',
    ],
    mattermost_no_answer: [
        'Mattermost hat nicht rechtzeitig geantwortet oder die Verbindung abgebrochen. Vor dem nächsten Versuch sieht die Bridge nach, ob der Beitrag da ist.',
        BY_ITSELF,
    ],
    mattermost_error: [
        'Mattermost hat versagt (5xx) oder mit etwas geantwortet, das keine Antwort von Mattermost ist.',
        'Bleibt es so, sehen Sie ins eigene Protokoll des Mattermost-Servers.',
    ],
    callback_rate_limited: [
        'i-Reserve hat einen Callback mit 429 beantwortet: zu viele Anfragen. Alle Callbacks der Integration werden langsamer.',
        BY_ITSELF,
    ],
    callback_unavailable: ['i-Reserve hat einen Callback mit 503 beantwortet: gerade nicht.', BY_ITSELF],
    callback_error: [
        'i-Reserve hat bei einem Callback versagt (5xx). Er wird unter derselben webhook-id noch einmal gesendet.',
        'Bleibt es so, sehen Sie ins eigene Protokoll von i-Reserve.',
    ],
    callback_no_answer: [
        'i-Reserve hat einen Callback nicht rechtzeitig beantwortet oder die Verbindung abgebrochen. Er wird unter derselben webhook-id noch einmal gesendet.',
        BY_ITSELF,
    ],
    callback_unreachable: [
        'Keine Verbindung zur Callback-URL: Name, Netz oder Firewall.',
        'Prüfen Sie Callback-URL, DNS und Firewall von der Bridge aus.',
    ],
    attachment_not_ready: [
        'Mattermost hat eine Datei gerade nicht angenommen. Ihre Nachricht geht voraus und sagt, dass die Datei folgt.',
        BY_ITSELF,
    ],
    internal: [
        'Die Bridge selbst hat beim Zustellen versagt.',
        'Es wird noch einmal versucht; bleibt es so, melden Sie es mit dem eigenen Protokoll der Bridge.',
    ],
    mattermost_token_refused: [
        'Mattermost lehnt das Token des Bots ab: widerrufen, oder der Bot oder sein Besitzer wurde deaktiviert.',
        `Aktivieren Sie den Bot, oder setzen Sie ein neues Token: \`${ADD} bot_token --file FILE\`.`,
    ],
    mattermost_tls: [
        'Keine sichere Verbindung zum Mattermost-Server: Sein Zertifikat ist abgelaufen, gilt für einen anderen Namen oder stammt von einer Stelle, die die Bridge nicht kennt; oder dort wird kein TLS gesprochen, oder ein zu altes. Nichts wurde gesendet.',
        'Erneuern oder berichtigen Sie das Zertifikat; starten Sie die Bridge bei einer eigenen Zertifizierungsstelle mit NODE_EXTRA_CA_CERTS=FILE. `ireserve-bridge doctor <integration>` sagt, was es ist.',
    ],
    mattermost_url_wrong: [
        'Was unter der Server-URL antwortet, ist nicht Mattermost.',
        `Setzen Sie die Basis-URL, mit Unterpfad und ohne /api/v4: \`${SET} --server-url https://…\`.`,
    ],
    bot_not_in_channel: [
        'Der Bot darf im Kanal nicht schreiben.',
        'Nehmen Sie den Bot in das Team auf und dann in den Kanal: Kanalmenü → Members → Add.',
    ],
    channel_archived: [
        'Der Kanal ist archiviert. Eine Änderung eines Beitrags darin wird sofort aufgegeben: Beiträge dort lassen sich nicht ändern.',
        `Holen Sie den Kanal aus dem Archiv, oder setzen Sie einen anderen: \`${SET} --channel <channel id>\`.`,
    ],
    channel_unknown: [
        'Mattermost kennt keinen Kanal mit dieser Id.',
        'Kopieren Sie die Kanal-ID aus dem Kanalmenü → View Info, und setzen Sie sie.',
    ],
    callback_missing: [
        'Die Callback-URL wurde entfernt, während Antworten unterwegs waren.',
        `Setzen Sie sie: \`${SET} --callback-url URL\`.`,
    ],
    callback_unsigned: [
        'Es gibt kein Geheimnis, um Callbacks zu signieren.',
        `Erzeugen Sie eines und geben Sie es i-Reserve: \`${ADD} callback_secrets --generate\`.`,
    ],
    callback_gone: [
        'i-Reserve hat 410 geantwortet: Es will unter dieser Adresse keine Callbacks mehr. Dorthin wird nichts mehr gesendet; Antworten warten.',
        `Will es sie wieder, setzen Sie die Adresse noch einmal: \`${SET} --callback-url URL\`.`,
    ],
    callback_refused: [
        'i-Reserve hat 401 oder 403 geantwortet: Es nimmt die Signatur oder das Bearer-Token nicht an.',
        'Vergleichen Sie auf beiden Seiten Callback-Geheimnis und Token, und die Uhren.',
    ],
    callback_tls: [
        'Keine sichere Verbindung zur Callback-URL: Ihr Zertifikat ist abgelaufen, gilt für einen anderen Namen oder stammt von einer Stelle, die die Bridge nicht kennt; oder dort wird kein TLS gesprochen, oder ein zu altes. Nichts wurde gesendet.',
        'i-Reserve erneuert oder berichtigt das Zertifikat; starten Sie die Bridge bei einer eigenen Zertifizierungsstelle mit NODE_EXTRA_CA_CERTS=FILE. Antworten warten so lange.',
    ],
    callback_url_wrong: [
        'Was unter der Callback-URL antwortet, nimmt keine Callbacks an (404, 405 oder eine Umleitung).',
        `Berichtigen Sie sie: \`${SET} --callback-url URL\`. Umleitungen wird nicht gefolgt.`,
    ],
    round_trip_failed: [
        'Eine geplante Rundreise kam nicht durch: eine Testnachricht zu Mattermost und eine Antwort zurück. Das Detail nennt die Station.',
        '`ireserve-bridge doctor <integration> --round-trip`, und `ireserve-bridge doctor <integration>` für die genannte Station.',
    ],
    not_listening: [
        'Der Ereignisstrom von Mattermost ist seit einer Minute oder länger weg. Antworten werden dann durch Nachsehen alle vier Sekunden gefunden.',
        'Sorgen Sie dafür, dass die Bridge den Server erreicht und ein Proxy dazwischen WebSockets zu /api/v4/websocket durchlässt.',
    ],
    guard_pattern_unusable: [
        'Ein Muster dessen, was nicht für Besucher bestimmt ist, kann nicht verglichen werden: Es benutzt einen Lookahead, einen Lookbehind oder einen Rückverweis, oder wiederholt zu viel. Jede Antwort, auf die kein anderes Muster passt, wird zurückgehalten, und es wird gefragt.',
        'Schreiben Sie es ohne das, wenn nötig als zwei Muster: `ireserve-bridge integration set <integration> --guard-pattern PATTERN`. Das Detail sagt, welches es ist.',
    ],
    emails_hidden: [
        'Mattermost verbirgt E-Mail-Adressen vor dem Bot, niemand kann also einem Mitarbeiter von i-Reserve zugeordnet werden; alle antworten unter ihrem eigenen Namen.',
        'Setzen Sie PrivacySettings.ShowEmailAddress, oder ordnen Sie von Hand zu: `ireserve-bridge agent pin <integration> <user id> <agent id>`.',
    ],
    callback_rejected: [
        'i-Reserve lehnt gerade diesen Callback ab (4xx); Wiederholen hilft nicht.',
        'Sehen Sie das Detail; beheben Sie es dort, und versuchen Sie die Zustellung noch einmal, oder `ireserve-bridge deliveries retry`.',
    ],
    post_refused: [
        'Mattermost lehnt gerade diesen Beitrag ab; Wiederholen hilft nicht.',
        'Sehen Sie das Detail. Prüfen Sie, ob der Kanal für den Bot schreibgeschützt ist, dann `ireserve-bridge deliveries retry`.',
    ],
    integration_gone: ['Die Integration wurde entfernt.', NOTHING],
    discarded: ['Ein Admin hat diese Zustellung verworfen.', NOTHING],
    replayed: ['Eine aufgegebene Zustellung, von einem Admin wieder eingereiht.', BY_ITSELF],
    attachment_too_large: [
        'Größer als MAX_FILE_BYTES oder als der Mattermost-Server annimmt.',
        'Senden Sie eine kleinere Datei oder einen Link.',
    ],
    attachment_type_refused: ['Eine Art, die beim Öffnen ausgeführt wird.', 'Senden Sie eine andere Art oder einen Link.'],
    attachment_refused: ['Mattermost hat die Datei abgelehnt.', 'Prüfen Sie die Dateieinstellungen des Servers.'],
    attachment_given_up: [
        'Sie konnte nicht innerhalb von `dead_letter_after_hours` zu Mattermost gebracht werden, oder wurde von Hand aufgegeben.',
        '`ireserve-bridge deliveries retry` versucht es noch einmal: Die Datei kommt dann noch zu ihrer Nachricht.',
    ],
    attachment_withdrawn: ['Ihre Nachricht wurde zurückgezogen oder in Mattermost gelöscht, bevor die Datei kam.', NOTHING],
    attachment_lost: ['Ihr Inhalt ist nicht mehr gespeichert.', 'Senden Sie sie noch einmal als neue Nachricht.'],
    attachment_unreadable: [
        'Ihr Inhalt kam nicht mit: content_base64 ist kein base64, oder die Anfrage hat keinen Teil dieses Namens.',
        'Senden Sie sie noch einmal als neue Nachricht; versuchen Sie ?strict=true&validate-only=true.',
    ],
    attachment_not_attached: [
        'Mattermost hat die Datei angenommen und nicht an die Nachricht gehängt.',
        'Sehen Sie in das eigene Log des Mattermost-Servers.',
    ],
    attachment_gone: [
        'Die Datei des Agenten wurde in Mattermost gelöscht oder vor dem Bot verborgen, bevor sie gesendet werden konnte.',
        'Senden Sie sie noch einmal als neue Antwort.',
    ],
    attachment_url_invalid: ['Keine http(s)-Adresse, oder eine mit Zugangsdaten darin.', 'Senden Sie eine https-Adresse.'],
    attachment_host_not_allowed: [
        'Der Host steht nicht auf der Liste der Integration.',
        `Setzen Sie die Liste mit ihm: \`${SET} --attachment-host <host> --attachment-host <another>\`.`,
    ],
    attachment_address_not_allowed: [
        'Die Adresse des Hosts liegt nicht im öffentlichen Internet.',
        'In einem Intranet: ALLOW_PRIVATE_ATTACHMENT_HOSTS.',
    ],
    attachment_too_many_redirects: ['Mehr als drei Umleitungen.', 'Senden Sie die letzte Adresse.'],
    attachment_not_found: ['Die Adresse antwortet 404 oder 410.', 'Bewahren Sie die Datei mindestens auf, bis sie zugestellt ist.'],
    attachment_denied: ['Die Adresse lehnt ab (4xx).', 'Senden Sie eine Adresse ohne Anmeldung, etwa eine signierte.'],
    attachment_unavailable: [
        'Die Adresse versagt (5xx) oder bittet um später. Die Datei folgt, sobald sie zu haben ist; sie fehlt, wenn sie aufgegeben wurde.',
        'Bringen Sie den Dateiserver in Ordnung.',
    ],
    attachment_encoded: ['Mit einem content-encoding gesendet, obwohl keines verlangt war.', 'Senden Sie sie, wie sie ist.'],
    attachment_timeout: [
        'Nicht vollständig in ATTACHMENT_TIMEOUT_MS. Die Datei folgt, sobald sie zu haben ist; sie fehlt, wenn sie aufgegeben wurde.',
        'Bringen Sie den Dateiserver in Ordnung.',
    ],
    attachment_unreachable: ['Keine Verbindung zum Host.', 'Prüfen Sie Name, Netz und Zertifikat.'],
    not_relayed: [
        'Ein Beitrag in einem gespiegelten Thread, der nicht an den Besucher geht; das Detail sagt, warum (ein anderer Bot, ein Plugin im Namen von jemandem, kein Zeichen für den Besucher, ein deaktivierter Benutzer …).',
        'Hätte er gehen sollen: Reagieren Sie mit 📤, oder wählen Sie im Nachrichtenmenü die Antwort an den Besucher.',
    ],
    answer_unusable: [
        'i-Reserve hat einen Callback angenommen, aber etwas in seiner Antwort war nicht zu verstehen; das Detail nennt den Schlüssel. Der Rest wurde verwendet.',
        'Antworten Sie, wie docs/callbacks.md es beschreibt: message_id als Text von höchstens 128 Zeichen, state delivered oder seen.',
    ],
    details_changed: [
        'Ein Ereignis wurde angenommen, obwohl einige Details nicht passten: sie wurden gekürzt, normalisiert oder weggelassen, wie seine Antwort unter warnings sagt.',
        'Korrigieren Sie die genannten Felder auf der Seite von i-Reserve; versuchen Sie ?strict=true&validate-only=true.',
    ],
    file_left: [
        'Wozu eine Datei gehörte, ist zurückgezogen oder gelöscht, und die Datei lässt sich über ihre Id noch aus Mattermost herunterladen; oder das konnte nicht erfragt werden.',
        'Siehe Detail: Auf 11.6 beendet das Purge All Caches in der System Console sofort, sonst eine halbe Stunde; auf älteren Servern entfernen Sie die Datei aus dem Dateispeicher.',
    ],
    sequence_gap: [
        'In einem Gespräch wurde eine laufende Nummer ausgelassen. Das Ereignis selbst wurde angenommen.',
        'Suchen Sie auf der Seite von i-Reserve das Ereignis mit der erwarteten Nummer.',
    ],
};
