import type {MATTERMOST_FINDINGS} from '../findings-of-mattermost.ts';
import type {FindingWords} from './words.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const DE_MATTERMOST: Record<keyof typeof MATTERMOST_FINDINGS, FindingWords> = {
    server_unreachable: [
        'Zum Mattermost-Server kommt keine Verbindung zustande.',
        'Prüfen Sie die Server-URL {url}, DNS und die Firewall vom Rechner der Bridge aus.',
    ],
    server_no_answer: [
        'Der Mattermost-Server antwortet nicht rechtzeitig.',
        'Sehen Sie nach der Last von {url} und nach dem, was davor steht; führen Sie die Prüfung danach noch einmal aus.',
    ],
    server_tls: [
        'Keine sichere Verbindung zum Mattermost-Server: Sein Zertifikat ist abgelaufen, gilt für einen anderen Namen oder stammt von einer unbekannten Stelle; oder dort wird kein TLS gesprochen, oder ein zu altes.',
        'Abgelaufen, oder für einen anderen Namen: Erneuern oder berichtigen Sie das Zertifikat von {url}. Selbst signiert, oder von einer eigenen Zertifizierungsstelle: Starten Sie die Bridge, und diesen Befehl, mit NODE_EXTRA_CA_CERTS=FILE (das Zertifikat selbst, oder das der Stelle; und der Server muss seine ganze Kette senden). Kein TLS dort: Die Server-URL beginnt mit http://. Zu alt: Lassen Sie den Server, oder den Proxy davor, TLS 1.2 oder neuer sprechen.',
    ],
    certificate_expires: ['Ein Zertifikat läuft binnen zwei Wochen ab, oder ist abgelaufen.', 'Erneuern Sie das Zertifikat von {url}.'],
    server_url_redirects: [
        'Die Server-URL leitet um: Was dorthin gesendet wird, geht verloren oder wird abgelehnt.',
        `Setzen Sie die Adresse, zu der sie führt: ${SET} --server-url {location}`,
    ],
    server_url_wrong: [
        'Unter der Server-URL antwortet etwas, aber nicht die API von Mattermost.',
        `Setzen Sie die Basis-URL, mit Unterpfad und ohne /api/v4: ${SET} --server-url https://…`,
    ],
    server_failing: ['Der Mattermost-Server antwortet mit Fehlern.', 'Sehen Sie ins eigene Protokoll des Mattermost-Servers.'],
    server_too_old: [
        'Der Mattermost-Server ist älter als 5.37, die älteste Version, mit der die Bridge erprobt wurde.',
        'Aktualisieren Sie Mattermost.',
    ],
    server_old_for_plugin: [
        'Die Seitenleiste braucht Mattermost 11.0; Threads, Knöpfe und Befehle funktionieren auch ohne.',
        'Aktualisieren Sie Mattermost auf 11.0 oder neuer, oder arbeiten Sie ohne das Plugin.',
    ],
    site_url_missing: [
        'Mattermost hat keine Site-URL: Browser lehnen die Aufrufe der Seitenleiste ab, Links und Antworten von Befehlen stimmen nicht.',
        'Setzen Sie die Adresse, die die Leute im Browser haben.',
    ],
    site_url_differs: [
        'Die Leute erreichen Mattermost unter einer anderen Adresse als die Bridge. Das ist in Ordnung, wenn es so gemeint ist, wie bei einer internen Adresse.',
        `Wenn es nicht so gemeint ist: ${SET} --server-url {location}`,
    ],
    clock_skew: [
        'Die Uhren der Bridge und von Mattermost gehen mehr als eine Minute auseinander: Nachholen und Signaturen hängen davon ab.',
        'Schalten Sie auf beiden Rechnern die Zeitsynchronisierung (NTP) ein.',
    ],
    rate_limit_low: [
        'Die Ratenbegrenzung von Mattermost ist an und niedrig: In einer vollen Stunde müssen Nachrichten warten. Sie zählt je Adresse, die Bridge teilt sich ihren Anteil also vielleicht.',
        'Erhöhen Sie sie, oder schalten Sie sie aus, wenn schon ein Proxy begrenzt; Mattermost muss dafür neu gestartet werden.',
    ],
    post_edit_limit: [
        'Beiträge können nur eine Zeit lang bearbeitet werden: Die Karte eines Gesprächs und bearbeitete Nachrichten ändern sich danach nicht mehr.',
        'Erlauben Sie das Bearbeiten jederzeit.',
    ],
    files_off: ['Mattermost nimmt keine Dateien an: Anhänge von Besuchern kommen als Textzeile an.', 'Erlauben Sie Dateien.'],
    bot_creation_off: [
        'Bot-Konten können nicht angelegt werden. Das ist nur nötig, um einen Bot anzulegen, wie `setup` es tut.',
        'Schalten Sie es vor setup ein.',
    ],
    bot_token_refused: [
        'Mattermost lehnt das Bot-Token ab: Es ist falsch oder widerrufen, oder der Bot oder sein Besitzer wurde deaktiviert.',
        `Sehen Sie unter Integrations → Bot Accounts nach dem Bot; erstellen Sie dort ein neues Token und setzen Sie es: ${ADD} bot_token --file FILE. Mit --admin-token-file kann die Prüfung mehr sagen.`,
    ],
    bot_disabled: ['Der Bot ist deaktiviert.', 'Aktivieren Sie @{bot} unter Integrations → Bot Accounts; dasselbe Token gilt dann wieder.'],
    bot_owner_deactivated: [
        'Der Besitzer des Bots wurde deaktiviert, und Mattermost schaltet solche Bots ab.',
        'Aktivieren Sie @{bot} wieder unter Integrations → Bot Accounts und machen Sie ein Dienstkonto zum Besitzer; oder lassen Sie Bots ohne ihre Besitzer weiterlaufen.',
    ],
    bot_token_of_person: [
        'Das Token gehört einer Person, keinem Bot: Es endet mit deren Konto, und was die Bridge schreibt, sieht aus, als hätte diese Person es gesagt.',
        `Legen Sie einen Bot an (ireserve-bridge setup, oder Integrations → Bot Accounts) und setzen Sie sein Token: ${ADD} bot_token --file FILE`,
    ],
    user_tokens_off: [
        'Mattermost lehnt persönliche Zugangstokens von Personen ab. Tokens von Bots brauchen diese Einstellung nicht.',
        'Verwenden Sie das Token eines Bots. Muss es das einer Person sein, schalten Sie sie ein.',
    ],
    bot_is_admin: [
        'Der Bot ist System-Admin: Wer sein Token bekommt, dem gehört der Server. Ein gewöhnliches Mitglied genügt.',
        'Nehmen Sie ihm die Rolle: System Console → Integrations → Bot Accounts → @{bot} → Role: Member.',
    ],
    emails_hidden: [
        'Mattermost verbirgt E-Mail-Adressen vor dem Bot: Mitarbeiter werden nicht erkannt und antworten unter ihrem Mattermost-Namen.',
        'Zeigen Sie sie an, oder ordnen Sie von Hand zu: ireserve-bridge agent pin {integration} …',
    ],
    bot_not_in_team: [
        'Der Bot ist nicht Mitglied des Teams, zu dem ein Kanal gehört.',
        'Nehmen Sie @{bot} in das Team {team} auf: Teammenü → Invite people, oder: mmctl team users add {team} {bot}. Danach in den Kanal {channel}.',
    ],
    channel_unknown: [
        'Ein eingestellter Kanal existiert nicht.',
        `Kopieren Sie die Kanal-ID aus dem Kanalmenü → View Info: ${SET} {option}`,
    ],
    bot_not_in_channel: [
        'Der Bot ist nicht Mitglied eines eingestellten Kanals.',
        'Nehmen Sie @{bot} dort auf: Kanalmenü → Members → Add, Kanal {channel}.',
    ],
    channel_archived: [
        'Ein eingestellter Kanal ist archiviert: Dort kann nichts geschrieben werden.',
        `Holen Sie {channel} aus dem Archiv (System Console → User Management → Channels), oder setzen Sie einen anderen: ${SET} {option}`,
    ],
    mirror_public: [
        'Gespräche werden in einen öffentlichen Kanal gespiegelt: Alle im Team können Daten der Besucher lesen.',
        'Machen Sie {channel} privat: Kanalmenü → Channel Settings → Convert to private. Der Ereignisstrom hört ihn trotzdem; ein ausgehender Webhook nicht.',
    ],
    nobody_in_channel: [
        'Außer dem Bot ist niemand im Spiegelkanal: Niemand wird antworten.',
        'Nehmen Sie die Mitarbeiter in {channel} auf: Kanalmenü → Members → Add.',
    ],
    websocket_blocked: [
        'Der Ereignisstrom (WebSocket) lässt sich nicht öffnen: Antworten werden erst spät gefunden, durch Nachsehen alle vier Sekunden.',
        'Lassen Sie den Proxy vor {url} WebSockets für /api/v4/websocket durchlassen (Header Upgrade und Connection).',
    ],
    webhooks_off: [
        'Ausgehende Webhooks sind in Mattermost ausgeschaltet, und die Integration hat Tokens für welche. Der Ereignisstrom braucht sie nicht.',
        `Schalten Sie sie ein, oder entfernen Sie die Tokens: ${SET} --webhook-token-file ""`,
    ],
    webhook_missing: [
        'Die Integration kennt das Token eines ausgehenden Webhooks, aber kein Webhook von Mattermost führt zu dieser Bridge.',
        'Führen Sie ireserve-bridge setup noch einmal aus, oder legen Sie ihn an: Integrations → Outgoing Webhooks, Inhaltstyp application/json, Callback {url}.',
    ],
    webhook_doubled: [
        'Mehrere ausgehende Webhooks eines Kanals führen zu dieser Bridge: Jeder Beitrag wird doppelt gemeldet. Die Bridge nimmt ihn einmal.',
        'Löschen Sie unter Integrations → Outgoing Webhooks alle bis auf einen.',
    ],
    webhook_several_urls: [
        'Ein ausgehender Webhook hat mehrere Callback-URLs; ältere Server verlieren dann Aufrufe.',
        'Lassen Sie je Webhook eine Callback-URL stehen, {url}.',
    ],
    webhook_token_unknown: [
        'Das Token des ausgehenden Webhooks ist keines, das die Integration kennt: Seine Aufrufe werden verworfen.',
        `Kopieren Sie das Token aus Integrations → Outgoing Webhooks: ${ADD} webhook_tokens --file FILE`,
    ],
    webhook_token_blank: [
        'Der ausgehende Webhook hat kein Token mehr: Wer ihn über die API ohne Token bearbeitet, löscht es.',
        `Erzeugen Sie es neu unter Integrations → Outgoing Webhooks, dann: ${ADD} webhook_tokens --file FILE`,
    ],
    webhook_elsewhere: [
        'Ein ausgehender Webhook mit einem Token dieser Integration ruft eine andere Adresse auf.',
        'Setzen Sie seine Callback-URL unter Integrations → Outgoing Webhooks auf {url}.',
    ],
    webhook_private: [
        'Der Kanal des Webhooks ist jetzt privat: Für private Kanäle ruft Mattermost nie auf und sagt das nirgends.',
        'Nichts geht verloren: Der Ereignisstrom hört private Kanäle. Löschen Sie den Webhook unter Integrations → Outgoing Webhooks.',
    ],
    commands_off: [
        'Eigene Slash-Befehle sind ausgeschaltet: kein /ireserve, und die Seitenleiste kann sich nicht anmelden.',
        'Schalten Sie sie ein.',
    ],
    command_missing: [
        'Ein Team hat keinen Slash-Befehl /ireserve: Mitarbeiter haben dort keine Befehle, und die Seitenleiste kann sich nicht anmelden.',
        'Führen Sie ireserve-bridge setup noch einmal aus, oder legen Sie ihn im Team {team} an: Integrations → Slash Commands, Auslöser ireserve, POST, URL {url}; danach secret add {integration} command_tokens --file FILE',
    ],
    command_unreachable: [
        'Mattermost bekam von der Bridge keine Antwort auf den Slash-Befehl. Knöpfe und Webhooks gehen denselben Weg.',
        'Vom Mattermost-Server aus muss {url} antworten: Prüfen Sie PUBLIC_URL, DNS, Firewall und Zertifikat; eine private Adresse muss erlaubt sein.',
    ],
    address_forbidden: [
        'PUBLIC_URL ist eine private Adresse, und Mattermost darf sie nicht aufrufen: Befehl, Knöpfe und Webhooks schlagen fehl.',
        'Erlauben Sie den Host von PUBLIC_URL; es gilt sofort.',
    ],
    command_refused: [
        'Was der Slash-Befehl aufruft, hat geantwortet, aber abgelehnt: Die Bridge kennt das Token des Befehls nicht, oder es ist ein anderes Programm.',
        `Prüfen Sie, ob seine URL {url} und die Methode POST ist (Integrations → Slash Commands), und geben Sie der Bridge sein Token: ${ADD} command_tokens --file FILE`,
    ],
    command_elsewhere: [
        'Den Slash-Befehl /ireserve beantwortet etwas anderes als diese Bridge und Integration.',
        'Setzen Sie seine URL unter Integrations → Slash Commands des Teams {team} auf {url}; suchen Sie nach einem Plugin mit demselben Auslöser.',
    ],
    command_url_wrong: [
        'Der Slash-Befehl ruft eine andere Adresse auf als diese Bridge.',
        'Setzen Sie seine URL unter Integrations → Slash Commands des Teams {team} auf {url}.',
    ],
    command_by_get: [
        'Der Slash-Befehl ruft mit GET auf: Sein Token stünde in jedem Zugriffsprotokoll, und die Bridge lehnt ihn ab.',
        'Setzen Sie seine Request Method unter Integrations → Slash Commands des Teams {team} auf POST.',
    ],
    command_not_run: [
        'Mattermost führt den Slash-Befehl für den Bot nicht aus, und damit vielleicht für niemanden.',
        'Der Text enthält den Grund von Mattermost. Versuchen Sie /ireserve help in einem Kanal des Teams {team}; sehen Sie unter User Management → Permissions und im Protokoll des Mattermost-Servers selbst nach.',
    ],
    command_token_unknown: [
        'Die Bridge kennt das Token des Slash-Befehls des Teams nicht und lehnt seine Aufrufe deshalb ab.',
        `Kopieren Sie das Token aus Integrations → Slash Commands des Teams {team}: ${ADD} command_tokens --file FILE`,
    ],
    plugins_off: ['Plugins sind in Mattermost ausgeschaltet: Es gibt keine Seitenleiste.', 'Schalten Sie sie ein.'],
    plugin_missing: [
        'Das Plugin läuft in Mattermost nicht: Mitarbeiter arbeiten in Threads, ohne die Seitenleiste.',
        'Installieren und aktivieren Sie es: ireserve-bridge setup --plugin FILE, oder System Console → Plugins → Plugin Management.',
    ],
    plugin_disabled: [
        'Das Plugin ist installiert, aber nicht aktiviert.',
        'Aktivieren Sie es: System Console → Plugins → Plugin Management → i-Reserve Conversations, oder: mmctl plugin enable com.i-reserve.conversations',
    ],
    plugin_other_version: [
        'Das Plugin hat eine andere Version als die Bridge.',
        'Installieren Sie das, das mit der Bridge kam: ireserve-bridge setup --plugin FILE',
    ],
    plugin_uploads_off: [
        'Das Plugin ist nicht installiert, und Mattermost nimmt keine Uploads an. Kein Admin kann das in der System Console ändern.',
        'Schalten Sie Uploads in config.json oder in der Umgebung des Servers ein und starten Sie ihn neu; oder kopieren Sie das Archiv in den Ordner prepackaged_plugins des Servers.',
    ],
    plugin_signature_required: [
        'Mattermost nimmt nur signierte Plugins, und dieses ist nicht signiert.',
        'Signieren Sie das Archiv mit einem Schlüssel, dem der Server vertraut (mmctl plugin add braucht die .sig daneben), oder verlangen Sie keine Signatur.',
    ],
};
