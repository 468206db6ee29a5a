import type {BRIDGE_FINDINGS} from '../findings-of-bridge.ts';
import type {FindingWords} from './words.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const DE_BRIDGE: Record<keyof typeof BRIDGE_FINDINGS, FindingWords> = {
    bridge_not_running: [
        'Der Dienst der Bridge antwortet nicht.',
        'Starten Sie ihn (ireserve-bridge serve); läuft er anderswo, sagen Sie wo: --bridge-url URL. Versucht: {url}.',
    ],
    bridge_not_ready: [
        'Die Bridge läuft, kann aber keine Ereignisse speichern.',
        'Sehen Sie nach ihrem Protokoll, ihrer Festplatte und ihrer Datenbank.',
    ],
    other_bridge: [
        'Dort antwortet eine andere Bridge, eine mit einem anderen Speicher: Test und Produktion sind vielleicht verwechselt.',
        'Lassen Sie {url} zu der Bridge führen, deren Speicher dies ist: Berichtigen Sie PUBLIC_URL, die Route des Proxys oder --bridge-url; oder setzen Sie DATA_DIR oder DATABASE_URL wie für jene Bridge.',
    ],
    integration_not_active: [
        'Die Integration ist pausiert oder inaktiv: Nichts wird zugestellt.',
        `Wenn sie arbeiten soll: ${SET} --state active`,
    ],
    environments_mixed: [
        'Eine Test- und eine Produktionsintegration teilen sich einen Bot, ein Geheimnis, einen Kanal oder eine Adresse: Testnachrichten könnten Besucher erreichen.',
        'Geben Sie jeder Umgebung ihre eigenen: Bot und Token, Kanäle, Callback-Adresse und Geheimnisse.',
    ],
    public_url_missing: [
        'PUBLIC_URL ist nicht gesetzt: keine Knöpfe, kein Slash-Befehl, keine Dateien für Besucher.',
        'Starten Sie die Bridge mit PUBLIC_URL=https://…, der Adresse, unter der Mattermost, Browser und i-Reserve sie erreichen.',
    ],
    public_url_unreachable: [
        'Unter PUBLIC_URL antwortet nichts.',
        'Prüfen Sie {url}: DNS, Firewall, Zertifikat und den Proxy vor der Bridge.',
    ],
    public_url_redirects: [
        'PUBLIC_URL leitet um: Mattermost wiederholt seine Aufrufe dann ohne ihren Inhalt, und sie gehen verloren.',
        'Setzen Sie PUBLIC_URL auf das Ziel: {location}',
    ],
    public_url_elsewhere: [
        'Unter PUBLIC_URL antwortet etwas, aber nicht diese Bridge.',
        'Berichtigen Sie PUBLIC_URL ({url}) oder den Weg des Proxys zur Bridge.',
    ],
    public_url_private: [
        'PUBLIC_URL ist eine private Adresse: Die Desktop-App von Mattermost (6.2.3 und später) bricht die Aufrufe der Seitenleiste ab, und i-Reserve erreicht sie nur aus demselben Netz.',
        'Verwenden Sie eine öffentliche Adresse oder einen Pfad unter der von Mattermost selbst (ein Reverse-Proxy, der Cookies entfernt).',
    ],
    public_url_not_https: [
        'Mattermost wird über https geöffnet, und PUBLIC_URL ist http: Browser blockieren die Aufrufe der Seitenleiste.',
        'Geben Sie der Bridge TLS (ein Proxy davor) und setzen Sie PUBLIC_URL auf https://…',
    ],
    cors_refused: [
        'Seiten der Site-URL von Mattermost dürfen die Bridge nicht aufrufen: Die Seitenleiste bleibt leer.',
        'Setzen Sie die Site-URL von Mattermost auf die Adresse, die die Leute im Browser haben, und lassen Sie keinen Proxy die CORS-Header der Bridge entfernen oder beantworten.',
    ],
    disk_nearly_full: [
        'Die Festplatte von DATA_DIR ist fast voll: Ist sie es, werden Ereignisse abgelehnt.',
        'Schaffen Sie Platz auf der Festplatte von {file}, oder verlegen Sie DATA_DIR.',
    ],
    database_unavailable: [
        'In die Datenbank kann nicht geschrieben werden.',
        'Prüfen Sie Festplatte, Rechte und DATABASE_URL; sehen Sie ins Protokoll der Bridge.',
    ],
    database_slow: [
        'Schreiben in die Datenbank dauert lange: Jedes Ereignis wartet darauf.',
        'Sehen Sie nach der Last der Festplatte oder des Datenbankservers; DATA_DIR darf nicht auf einem Netzlaufwerk liegen.',
    ],
    data_readable: [
        'Andere Benutzer der Maschine können die Daten der Bridge lesen: Namen, Adressen und Worte von Besuchern.',
        'Als der Benutzer, unter dem der Dienst läuft: chmod 700 {folder} und chmod 600 {file}; ein Ordner, den auch andere benutzen, ist kein Platz dafür: verlegen Sie DATA_DIR. Kopien der Datenbank brauchen dasselbe.',
    ],
    key_readable: ['Andere dürfen den Schlüssel aller Geheimnisse lesen: Die Bridge wird nicht wieder starten.', 'chmod 600 {file}'],
    key_missing: [
        'Die Datei mit dem Schlüssel aller Geheimnisse ist weg: Nach dem nächsten Start sind sie nicht lesbar.',
        'Stellen Sie {file} jetzt aus der Kopie wieder her, solange die Bridge noch läuft. Ohne Kopie müssen Sie nach dem nächsten Start alle Tokens neu eingeben.',
    ],
    key_old: [
        'Der Schlüssel aller Geheimnisse ist älter als zwei Jahre.',
        'Sorgen Sie für eine Kopie von {file}, getrennt von den Sicherungen der Datenbank, und erneuern Sie, was er schützt: Bot-Token, Signatur- und Callback-Geheimnisse.',
    ],
    queue_old: [
        'Etwas wartet seit mehr als fünf Minuten auf die Zustellung.',
        'Sehen Sie nach, warum: ireserve-bridge log {integration} --level warn; und die anderen Befunde hier.',
    ],
    dead_letters: [
        'Zustellungen wurden aufgegeben und warten auf eine Entscheidung.',
        'ireserve-bridge deliveries list --integration {integration} --state dead, dann retry oder discard.',
    ],
    notice_stands: [
        'Die Bridge hat Admins etwas gemeldet, und es gilt noch.',
        'Der Code steht in docs/errors.md, und: ireserve-bridge status',
    ],
    credential_missing: [
        'i-Reserve hat nichts, womit es die Bridge aufrufen kann: kein Signaturgeheimnis und kein gültiges Bearer-Token.',
        `${ADD} signing_secrets --generate, oder: ireserve-bridge token create {integration}`,
    ],
    secret_expires: [
        'Das vermerkte Datum eines Geheimnisses liegt in den nächsten 30 Tagen oder ist vorbei. Hier endet dadurch nichts, aber wer das Geheimnis gab, kann es beenden.',
        'Setzen Sie das nächste daneben: ireserve-bridge secret add {integration} {kind} …; hat die andere Seite gewechselt, entfernen Sie das alte: ireserve-bridge secret drop. Oder vermerken Sie ein anderes Datum: ireserve-bridge secret expires.',
    ],
    token_expires: [
        'Alle Bearer-Tokens von i-Reserve laufen binnen zwei Wochen ab, und es gibt kein Signaturgeheimnis.',
        'ireserve-bridge token create {integration}, und geben Sie es i-Reserve, bevor das alte endet.',
    ],
    nothing_received: [
        'i-Reserve hat noch nichts gesendet.',
        'Geben Sie i-Reserve die Adresse und den Zugang der Bridge; in docs/events.md steht ein erstes Ereignis zum Ausprobieren.',
    ],
    url_with_credentials: [
        'Eine Adresse enthält einen Benutzernamen oder ein Passwort: Sie kann nicht aufgerufen werden.',
        `Setzen Sie sie ohne user:password@: ${SET} {option} https://…; i-Reserve erkennt die Bridge an ihrer Signatur oder an einem Callback-Token: ireserve-bridge secret add {integration} callback_tokens --file FILE. Hat jemand das Passwort schon gesehen: Ändern Sie es.`,
    ],
    callback_missing: [
        'Antworten der Mitarbeiter bleiben in Mattermost: Es gibt keine Callback-URL.',
        `${SET} --callback-url https://… --callback-secret generate`,
    ],
    callback_unsigned: [
        'Es gibt kein Geheimnis, um Callbacks zu signieren, deshalb warten Antworten.',
        `${ADD} callback_secrets --generate, und geben Sie es i-Reserve`,
    ],
    callback_not_https: [
        'Gespräche der Besucher gehen über http hinaus: Jeder unterwegs kann sie lesen und ändern.',
        `${SET} --callback-url https://…`,
    ],
    callback_unreachable: [
        'Die Callback-Adresse von i-Reserve antwortet nicht.',
        'Prüfen Sie {url}, DNS und die Firewall vom Rechner der Bridge aus; fragen Sie dann i-Reserve.',
    ],
    callback_tls: [
        'Keine sichere Verbindung zur Callback-Adresse von i-Reserve: Ihr Zertifikat ist abgelaufen, gilt für einen anderen Namen oder stammt von einer unbekannten Stelle; oder dort wird kein TLS gesprochen, oder ein zu altes.',
        'Abgelaufen, oder für einen anderen Namen: i-Reserve muss das Zertifikat von {url} erneuern oder berichtigen. Selbst signiert, oder von einer eigenen Zertifizierungsstelle: Starten Sie die Bridge mit NODE_EXTRA_CA_CERTS=FILE (das Zertifikat selbst, oder das der Stelle; und i-Reserve muss seine ganze Kette senden). Kein TLS dort: Die Callback-URL beginnt mit http://. Zu alt: i-Reserve muss TLS 1.2 oder neuer sprechen.',
    ],
    callback_redirects: [
        'Die Callback-Adresse von i-Reserve leitet um; Callbacks werden nicht weitergesendet.',
        `Setzen Sie die Adresse, zu der sie führt: ${SET} --callback-url {location}`,
    ],
    callback_wrong_address: [
        'Unter der Adresse gibt es keinen Empfänger für Callbacks.',
        `Berichtigen Sie sie: ${SET} --callback-url https://…`,
    ],
    callback_refuses_us: [
        'i-Reserve lehnt die Signatur oder das Token der Bridge ab.',
        `Beide Seiten brauchen dasselbe Geheimnis: ${ADD} callback_secrets --generate (das vorige signiert mit, bis Sie es entfernen). Eine falsch gehende Uhr wirkt genauso.`,
    ],
    callback_not_verifying: [
        'i-Reserve nimmt einen Callback ohne Signatur an: Wer die Adresse kennt, kann als Mitarbeiter sprechen.',
        'Die Entwickler von i-Reserve müssen Signaturen prüfen: docs/callbacks.md, Verifying.',
    ],
    callback_failing: [
        'i-Reserve beantwortet den Test-Callback mit einem Fehler.',
        'Fragen Sie die Entwickler von i-Reserve: Ein Callback der Art ping wird mit 2xx beantwortet (docs/callbacks.md).',
    ],
    callback_gone: [
        'i-Reserve hat 410 gesagt: Es will dort keine Callbacks mehr.',
        `Fragen Sie i-Reserve nach der neuen Adresse: ${SET} --callback-url https://…`,
    ],
    clock_skew_ireserve: [
        'Die Uhren der Bridge und von i-Reserve gehen mehr als eine Minute auseinander; ab fünf werden Signaturen abgelehnt.',
        'Schalten Sie auf dem Rechner der Bridge die Zeitsynchronisierung (NTP) ein, und sagen Sie es i-Reserve.',
    ],
    agents_url_failing: [
        'Die Mitarbeiterliste von i-Reserve kann nicht geholt werden: Neue Mitarbeiter werden nicht erkannt.',
        `Prüfen Sie die Adresse mit i-Reserve: ${SET} --agents-url https://…, oder lassen Sie i-Reserve die Liste senden.`,
    ],
    bookings_unavailable: [
        'Buchungen können in i-Reserve nicht nachgesehen werden: Karten zeigen nur ihre Nummer.',
        `Prüfen Sie Adresse, Benutzer und Passwort (ein eigener Benutzer mit API-Rechten, ohne Zwei-Faktor-Anmeldung): ${SET} --ireserve-url … --ireserve-user … --ireserve-password-file FILE`,
    ],
    round_trip_failed: [
        'Die letzte Rundreise kam nicht durch.',
        'Die kaputte Station steht dabei; führen Sie sie noch einmal aus: ireserve-bridge doctor {integration} --round-trip',
    ],
    check_timed_out: [
        'Eine Prüfung dauerte zu lange und wurde abgebrochen.',
        'Führen Sie die Prüfung noch einmal aus; bleibt es so, hängt, was sie fragt.',
    ],
    check_failed: [
        'Eine Prüfung konnte nicht gemacht werden.',
        'Führen Sie die Prüfung noch einmal aus; bleibt es so, melden Sie es mit dem Protokoll der Bridge.',
    ],
};
