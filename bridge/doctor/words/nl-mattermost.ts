import type {MATTERMOST_FINDINGS} from '../findings-of-mattermost.ts';
import type {FindingWords} from './words.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const NL_MATTERMOST: Record<keyof typeof MATTERMOST_FINDINGS, FindingWords> = {
    server_unreachable: [
        'Er kan geen verbinding met de Mattermost-server worden gemaakt.',
        'Controleer de Server-URL {url}, DNS en de firewall vanaf de machine van de bridge.',
    ],
    server_no_answer: [
        'De Mattermost-server antwoordt niet op tijd.',
        'Kijk naar de belasting van {url} en naar wat ervoor staat; voer daarna de controle opnieuw uit.',
    ],
    server_tls: [
        'Geen beveiligde verbinding met de Mattermost-server: het certificaat is verlopen, geldt voor een andere naam of komt van een onbekende autoriteit; of er wordt daar geen TLS gesproken, of een te oud.',
        'Verlopen, of voor een andere naam: vernieuw of herstel het certificaat van {url}. Zelfondertekend, of van een eigen autoriteit: start de bridge, en dit commando, met NODE_EXTRA_CA_CERTS=FILE (het certificaat zelf, of dat van de autoriteit; en de server moet de hele keten sturen). Geen TLS daar: de Server-URL begint met http://. Te oud: laat de server, of de proxy ervoor, TLS 1.2 of nieuwer spreken.',
    ],
    certificate_expires: ['Een certificaat verloopt binnen twee weken, of is al verlopen.', 'Vernieuw het certificaat van {url}.'],
    server_url_redirects: [
        'De Server-URL verwijst door: wat daarheen wordt gestuurd, gaat verloren of wordt geweigerd.',
        `Stel het adres in waar hij heen leidt: ${SET} --server-url {location}`,
    ],
    server_url_wrong: [
        'Op de Server-URL antwoordt iets, maar niet de API van Mattermost.',
        `Stel de basis-URL in, met het subpad en zonder /api/v4: ${SET} --server-url https://…`,
    ],
    server_failing: ['De Mattermost-server antwoordt met fouten.', 'Kijk in het eigen logboek van de Mattermost-server.'],
    server_too_old: ['De Mattermost-server is ouder dan 5.37, de oudste waarmee de bridge is geprobeerd.', 'Werk Mattermost bij.'],
    server_old_for_plugin: [
        'Het zijpaneel heeft Mattermost 11.0 nodig; threads, knoppen en commando’s werken ook zonder.',
        'Werk Mattermost bij naar 11.0 of nieuwer, of werk zonder de plug-in.',
    ],
    site_url_missing: [
        'Mattermost heeft geen Site-URL: browsers weigeren de aanroepen van het zijpaneel, en links en antwoorden van commando’s kloppen niet.',
        'Stel het adres in dat mensen in hun browser hebben.',
    ],
    site_url_differs: [
        'Mensen bereiken Mattermost onder een ander adres dan de bridge. Dat is goed als het zo bedoeld is, zoals bij een intern adres.',
        `Als het niet zo bedoeld is: ${SET} --server-url {location}`,
    ],
    clock_skew: [
        'De klokken van de bridge en van Mattermost lopen meer dan een minuut uiteen: inhalen en handtekeningen hangen ervan af.',
        'Zet op beide machines tijdsynchronisatie (NTP) aan.',
    ],
    rate_limit_low: [
        'De snelheidsbegrenzing van Mattermost staat aan en is laag: in een druk uur moeten berichten wachten. Ze telt per adres, dus de bridge deelt zijn ruimte misschien.',
        'Verhoog ze, of zet ze uit als een proxy al begrenst; Mattermost moet ervoor herstart worden.',
    ],
    post_edit_limit: [
        'Berichten kunnen maar een tijd lang worden bewerkt: de livekaart van een gesprek en bewerkte berichten veranderen daarna niet meer.',
        'Sta bewerken altijd toe.',
    ],
    files_off: ['Mattermost neemt geen bestanden aan: bijlagen van bezoekers komen aan als een regel tekst.', 'Sta bestanden toe.'],
    bot_creation_off: [
        'Er kunnen geen botaccounts worden gemaakt. Dat is alleen nodig om een bot te maken, zoals `setup` doet.',
        'Zet het aan vóór setup.',
    ],
    bot_token_refused: [
        'Mattermost weigert het bot-token: het is fout of ingetrokken, of de bot of zijn eigenaar is gedeactiveerd.',
        `Kijk naar de bot in Integrations → Bot Accounts; maak daar een nieuw token en stel het in: ${ADD} bot_token --file FILE. Met --admin-token-file kan de controle meer zeggen.`,
    ],
    bot_disabled: ['De bot is uitgeschakeld.', 'Schakel @{bot} in bij Integrations → Bot Accounts; hetzelfde token werkt dan weer.'],
    bot_owner_deactivated: [
        'De eigenaar van de bot is gedeactiveerd, en Mattermost schakelt zulke bots uit.',
        'Schakel @{bot} weer in bij Integrations → Bot Accounts en maak een serviceaccount eigenaar; of laat bots doorwerken zonder hun eigenaar.',
    ],
    bot_token_of_person: [
        'Het token is van een persoon, niet van een bot: het eindigt met dat account, en wat de bridge plaatst, lijkt door die persoon gezegd.',
        `Maak een bot (ireserve-bridge setup, of Integrations → Bot Accounts) en stel zijn token in: ${ADD} bot_token --file FILE`,
    ],
    user_tokens_off: [
        'Mattermost weigert persoonlijke toegangstokens van mensen. Tokens van bots hebben deze instelling niet nodig.',
        'Gebruik het token van een bot. Moet het dat van een persoon zijn, zet ze dan aan.',
    ],
    bot_is_admin: [
        'De bot is systeembeheerder: wie zijn token krijgt, heeft de hele server. Een gewoon lid is genoeg.',
        'Neem hem de rol af: System Console → Integrations → Bot Accounts → @{bot} → Role: Member.',
    ],
    emails_hidden: [
        'Mattermost verbergt e-mailadressen voor de bot: medewerkers worden niet herkend en antwoorden onder hun Mattermost-naam.',
        'Toon ze, of koppel met de hand: ireserve-bridge agent pin {integration} …',
    ],
    bot_not_in_team: [
        'De bot is geen lid van het team waar een kanaal bij hoort.',
        'Voeg @{bot} toe aan het team {team}: teammenu → Invite people, of: mmctl team users add {team} {bot}. Daarna aan het kanaal {channel}.',
    ],
    channel_unknown: ['Een ingesteld kanaal bestaat niet.', `Kopieer de kanaal-ID uit het kanaalmenu → View Info: ${SET} {option}`],
    bot_not_in_channel: [
        'De bot is geen lid van een ingesteld kanaal.',
        'Voeg @{bot} daar toe: kanaalmenu → Members → Add, kanaal {channel}.',
    ],
    channel_archived: [
        'Een ingesteld kanaal is gearchiveerd: er kan niets worden geplaatst.',
        `Haal {channel} terug uit het archief (System Console → User Management → Channels), of stel een ander in: ${SET} {option}`,
    ],
    mirror_public: [
        'Gesprekken worden gespiegeld in een openbaar kanaal: iedereen in het team kan gegevens van bezoekers lezen.',
        'Maak {channel} privé: kanaalmenu → Channel Settings → Convert to private. De gebeurtenisstroom hoort het evengoed; een uitgaande webhook niet.',
    ],
    nobody_in_channel: [
        'Behalve de bot is er niemand in het spiegelkanaal: niemand zal antwoorden.',
        'Voeg de medewerkers toe aan {channel}: kanaalmenu → Members → Add.',
    ],
    websocket_blocked: [
        'De gebeurtenisstroom (WebSocket) kan niet worden geopend: antwoorden worden laat gevonden, door elke vier seconden te kijken.',
        'Laat de proxy voor {url} WebSockets doorlaten voor /api/v4/websocket (headers Upgrade en Connection).',
    ],
    webhooks_off: [
        'Uitgaande webhooks staan in Mattermost uit, en de integratie heeft er tokens voor. De gebeurtenisstroom heeft ze niet nodig.',
        `Zet ze aan, of haal de tokens weg: ${SET} --webhook-token-file ""`,
    ],
    webhook_missing: [
        'De integratie kent het token van een uitgaande webhook, maar geen webhook van Mattermost leidt naar deze bridge.',
        'Voer ireserve-bridge setup opnieuw uit, of maak hem: Integrations → Outgoing Webhooks, inhoudstype application/json, callback {url}.',
    ],
    webhook_doubled: [
        'Meerdere uitgaande webhooks van één kanaal leiden naar deze bridge: elk bericht wordt dubbel gemeld. De bridge neemt het één keer.',
        'Verwijder ze op één na in Integrations → Outgoing Webhooks.',
    ],
    webhook_several_urls: [
        'Een uitgaande webhook heeft meerdere callback-URL’s; oudere servers verliezen dan aanroepen.',
        'Laat per webhook één callback-URL staan, {url}.',
    ],
    webhook_token_unknown: [
        'Het token van de uitgaande webhook is er geen dat de integratie kent: zijn aanroepen worden weggegooid.',
        `Kopieer het token uit Integrations → Outgoing Webhooks: ${ADD} webhook_tokens --file FILE`,
    ],
    webhook_token_blank: [
        'De uitgaande webhook heeft geen token meer: wie hem via de API bewerkt zonder het mee te geven, wist het.',
        `Maak het opnieuw in Integrations → Outgoing Webhooks, en dan: ${ADD} webhook_tokens --file FILE`,
    ],
    webhook_elsewhere: [
        'Een uitgaande webhook met een token van deze integratie roept een ander adres aan.',
        'Zet zijn callback-URL op {url} in Integrations → Outgoing Webhooks.',
    ],
    webhook_private: [
        'Het kanaal van de webhook is nu privé: voor privékanalen roept Mattermost nooit aan, en zegt dat nergens.',
        'Er gaat niets verloren: de gebeurtenisstroom hoort privékanalen. Verwijder de webhook in Integrations → Outgoing Webhooks.',
    ],
    commands_off: ['Eigen slash-commando’s staan uit: geen /ireserve, en het zijpaneel kan niet inloggen.', 'Zet ze aan.'],
    command_missing: [
        'Een team heeft geen slash-commando /ireserve: medewerkers hebben daar geen commando’s, en het zijpaneel kan niet inloggen.',
        'Voer ireserve-bridge setup opnieuw uit, of maak het in team {team}: Integrations → Slash Commands, trigger ireserve, POST, URL {url}; daarna secret add {integration} command_tokens --file FILE',
    ],
    command_unreachable: [
        'Mattermost kreeg van de bridge geen antwoord voor het slash-commando. Knoppen en webhooks gaan dezelfde weg.',
        'Vanaf de Mattermost-server moet {url} antwoorden: controleer PUBLIC_URL, DNS, firewall en certificaat; een privéadres moet zijn toegestaan.',
    ],
    address_forbidden: [
        'PUBLIC_URL is een privéadres, en Mattermost mag het niet aanroepen: commando, knoppen en webhooks mislukken.',
        'Sta de host van PUBLIC_URL toe; het werkt meteen.',
    ],
    command_refused: [
        'Wat het slash-commando aanroept, antwoordde, maar weigerde: de bridge kent het token van het commando niet, of het is een ander programma.',
        `Controleer of de URL {url} is en de methode POST (Integrations → Slash Commands), en geef de bridge het token: ${ADD} command_tokens --file FILE`,
    ],
    command_elsewhere: [
        'Het slash-commando /ireserve wordt beantwoord door iets anders dan deze bridge en integratie.',
        'Zet de URL op {url} in Integrations → Slash Commands van team {team}; zoek naar een plug-in die hetzelfde woord gebruikt.',
    ],
    command_url_wrong: [
        'Het slash-commando roept een ander adres aan dan deze bridge.',
        'Zet de URL op {url} in Integrations → Slash Commands van team {team}.',
    ],
    command_by_get: [
        'Het slash-commando roept aan met GET: zijn token zou in elk toegangslogboek staan, en de bridge weigert het.',
        'Zet de Request Method op POST in Integrations → Slash Commands van team {team}.',
    ],
    command_not_run: [
        'Mattermost voert het slash-commando niet uit voor de bot, en dus misschien voor niemand.',
        'De tekst bevat de reden van Mattermost. Probeer /ireserve help in een kanaal van team {team}; kijk bij User Management → Permissions en in het logboek van de Mattermost-server zelf.',
    ],
    command_token_unknown: [
        'De bridge kent het token van het slash-commando van het team niet, en weigert daarom de aanroepen.',
        `Kopieer het token uit Integrations → Slash Commands van team {team}: ${ADD} command_tokens --file FILE`,
    ],
    plugins_off: ['Plug-ins staan in Mattermost uit: er is geen zijpaneel.', 'Zet ze aan.'],
    plugin_missing: [
        'De plug-in draait niet in Mattermost: medewerkers werken in threads, zonder het zijpaneel.',
        'Installeer hem en schakel hem in: ireserve-bridge setup --plugin FILE, of System Console → Plugins → Plugin Management.',
    ],
    plugin_disabled: [
        'De plug-in is geïnstalleerd maar niet ingeschakeld.',
        'Schakel hem in: System Console → Plugins → Plugin Management → i-Reserve Conversations, of: mmctl plugin enable com.i-reserve.conversations',
    ],
    plugin_other_version: [
        'De plug-in heeft een andere versie dan de bridge.',
        'Installeer degene die bij de bridge hoort: ireserve-bridge setup --plugin FILE',
    ],
    plugin_uploads_off: [
        'De plug-in is niet geïnstalleerd, en Mattermost neemt geen uploads aan. Geen beheerder kan dat in de System Console wijzigen.',
        'Zet uploads aan in config.json of in de omgeving van de server en herstart hem; of kopieer het archief naar de map prepackaged_plugins van de server.',
    ],
    plugin_signature_required: [
        'Mattermost neemt alleen ondertekende plug-ins, en deze is niet ondertekend.',
        'Onderteken het archief met een sleutel die de server vertrouwt (mmctl plugin add heeft de .sig ernaast nodig), of eis geen handtekening.',
    ],
};
