import type {ReasonWords} from './words.ts';

const NOTHING = 'Niets.';
const BY_ITSELF = 'Niets; het wordt vanzelf opnieuw geprobeerd.';
const SET = 'ireserve-bridge integration set <integration>';
const ADD = 'ireserve-bridge secret add <integration>';

export const NL_REASONS: ReasonWords = {
    integration_inactive: [
        'De integratie is inactief: gebeurtenissen worden aangenomen en niet verstuurd.',
        `Zet haar aan: \`${SET} --state active\`. Wat is genegeerd, wordt later niet verstuurd.`,
    ],
    integration_paused: ['De integratie is gepauzeerd, en typen wordt niet voor later bewaard.', NOTHING],
    notification_unmapped: [
        'Voor meldingen van deze soort is geen kanaal ingesteld.',
        `Als ze gewenst zijn: \`${SET} --notification <type>=<channel id>\`.`,
    ],
    conversation_erased: [
        'Het gesprek is hier gewist vanwege de privacy; er is niets van bewaard, en er wordt niets meer van aangenomen.',
        'Niets. Schrijft de bezoeker opnieuw, open dan een gesprek met een nieuwe id.',
    ],
    transient: ['Typen wordt meteen doorgegeven of helemaal niet.', NOTHING],
    notification_known: [
        'Deze meldings-id is al eens bezorgd, onder een andere gebeurtenis-id.',
        'Geef elke melding een eigen notification_id.',
    ],
    message_known: [
        'Deze bericht-id is al eens bezorgd, onder een andere gebeurtenis-id.',
        'Geef elk bericht een eigen id; herhaal een gebeurtenis met dezelfde gebeurtenis-id.',
    ],
    held_for_message: [
        'De wijziging of intrekking kwam vóór haar bericht. Ze wordt bewaard en toegepast als het bericht komt.',
        'Stuur message.created; komt het nooit, dan wordt er niets getoond.',
    ],
    held_for_answer: [
        'message.state noemt een antwoord met een id die de bridge nog niet kent. Het wordt bewaard en toegepast als i-Reserve de callback daarmee beantwoordt.',
        'Beantwoord de callback met deze message_id; komt die nooit, dan wordt er niets getoond.',
    ],
    stale: [
        'Er is al iets nieuwers bekend: een latere wijziging of opgave, of wat een medewerker hier sinds het tijdstempel heeft gedaan.',
        NOTHING,
    ],
    attachment_known: ['Het bestand staat al bij zijn bericht.', NOTHING],
    message_withdrawn: ['Het bericht was al ingetrokken.', NOTHING],
    post_gone: ['Het bericht is in Mattermost verwijderd.', NOTHING],
    root_gone: [
        'Het begin van de thread is verwijderd. Een wijziging van de kaart is dan niet te zien; het volgende bericht begint een nieuwe thread.',
        'Niets. Blijft het met deze code wachten, dan verwijdert iemand elk begin zodra het er is.',
    ],
    echo: [
        'i-Reserve stuurde terug wat het uit een callback had: het staat al in de thread.',
        'Niets; beter is het niet te sturen wat met een callback kwam.',
    ],
    no_thread: ['Het gesprek heeft nog geen thread.', NOTHING],
    asked: [
        'Het antwoord wordt vastgehouden: de schrijver, of een collega, is in de thread gevraagd of het voor de bezoeker is.',
        'Druk onder de vraag op versturen naar de bezoeker of op intern houden.',
    ],
    kept: ['Intern gehouden nadat ernaar was gevraagd.', NOTHING],
    never_sent: ['Het bericht zelf ging niet naar i-Reserve, dus er is niets te wijzigen of terug te nemen.', NOTHING],
    superseded: ['i-Reserve heeft deze versie van het antwoord, of een nieuwere.', NOTHING],
    deleted_before_relay: ['Het antwoord is teruggenomen voordat het wegging.', NOTHING],
    taken_back: [
        'Het antwoord is teruggenomen na een poging die i-Reserve kan hebben aangenomen: de woorden gaan niet nog eens, de verwijdering wel.',
        NOTHING,
    ],
    reply_unknown: ['Het antwoord is niet meer bekend.', NOTHING],
    message_unknown: [
        'message.state noemt geen antwoord van dit gesprek.',
        'Stuur de message_id van de callback, of die waarmee hij is beantwoord.',
    ],
    mattermost_rate_limited: [
        'Mattermost antwoordde 429: te veel verzoeken.',
        'Niets; het wordt opnieuw geprobeerd zodra Mattermost het toelaat. Blijft het zo, verhoog dan RateLimitSettings op de server.',
    ],
    mattermost_unreachable: [
        'Geen verbinding met de Mattermost-server: naam, netwerk of firewall.',
        'Controleer de Server-URL, DNS en de firewall vanaf de bridge.',
    ],
    mattermost_no_answer: [
        'Mattermost antwoordde niet op tijd, of verbrak de verbinding. Vóór de volgende poging kijkt de bridge of het bericht er staat.',
        BY_ITSELF,
    ],
    mattermost_error: [
        'Mattermost faalde (5xx), of antwoordde met iets wat geen antwoord van Mattermost is.',
        'Blijft het zo, kijk dan in het eigen logboek van de Mattermost-server.',
    ],
    callback_rate_limited: [
        'i-Reserve beantwoordde een callback met 429: te veel verzoeken. Alle callbacks van de integratie gaan langzamer.',
        BY_ITSELF,
    ],
    callback_unavailable: ['i-Reserve beantwoordde een callback met 503: nu even niet.', BY_ITSELF],
    callback_error: [
        'i-Reserve faalde op een callback (5xx). Hij wordt opnieuw gestuurd onder dezelfde webhook-id.',
        'Blijft het zo, kijk dan in het eigen logboek van i-Reserve.',
    ],
    callback_no_answer: [
        'i-Reserve antwoordde niet op tijd op een callback, of verbrak de verbinding. Hij wordt opnieuw gestuurd onder dezelfde webhook-id.',
        BY_ITSELF,
    ],
    callback_unreachable: [
        'Geen verbinding met de callback-URL: naam, netwerk of firewall.',
        'Controleer de callback-URL, DNS en de firewall vanaf de bridge.',
    ],
    attachment_not_ready: ['Mattermost nam een bestand nu niet aan. Het bericht gaat voor en zegt dat het bestand volgt.', BY_ITSELF],
    internal: [
        'De bridge zelf faalde bij het bezorgen.',
        'Het wordt opnieuw geprobeerd; blijft het zo, meld het dan met het eigen logboek van de bridge.',
    ],
    mattermost_token_refused: [
        'Mattermost weigert het token van de bot: ingetrokken, of de bot of zijn eigenaar is uitgeschakeld.',
        `Schakel de bot in, of stel een nieuw token in: \`${ADD} bot_token --file FILE\`.`,
    ],
    mattermost_tls: [
        'Geen beveiligde verbinding met de Mattermost-server: het certificaat is verlopen, geldt voor een andere naam of komt van een autoriteit die de bridge niet kent; of er wordt daar geen TLS gesproken, of een te oud. Er is niets verstuurd.',
        'Vernieuw of herstel het certificaat; start bij een eigen autoriteit de bridge met NODE_EXTRA_CA_CERTS=FILE. `ireserve-bridge doctor <integration>` zegt welke van de twee het is.',
    ],
    mattermost_url_wrong: [
        'Wat op de Server-URL antwoordt, is niet Mattermost.',
        `Stel de basis-URL in, met het subpad en zonder /api/v4: \`${SET} --server-url https://…\`.`,
    ],
    bot_not_in_channel: [
        'De bot mag in het kanaal niets plaatsen.',
        'Voeg de bot toe aan het team, en daarna aan het kanaal: kanaalmenu → Members → Add.',
    ],
    channel_archived: [
        'Het kanaal is gearchiveerd. Een wijziging van een bericht daarin wordt meteen opgegeven: berichten daar zijn niet te wijzigen.',
        `Haal het kanaal terug uit het archief, of stel een ander in: \`${SET} --channel <channel id>\`.`,
    ],
    channel_unknown: ['Mattermost kent geen kanaal met deze id.', 'Kopieer de kanaal-ID uit het kanaalmenu → View Info, en stel hem in.'],
    callback_missing: [
        'De callback-URL is weggehaald terwijl er antwoorden onderweg waren.',
        `Stel hem in: \`${SET} --callback-url URL\`.`,
    ],
    callback_unsigned: [
        'Er is geen geheim om callbacks mee te ondertekenen.',
        `Maak er een en geef het aan i-Reserve: \`${ADD} callback_secrets --generate\`.`,
    ],
    callback_gone: [
        'i-Reserve antwoordde 410: het wil op dit adres geen callbacks meer. Er gaat niets meer heen; antwoorden wachten.',
        `Wil het ze toch weer, stel het adres dan opnieuw in: \`${SET} --callback-url URL\`.`,
    ],
    callback_refused: [
        'i-Reserve antwoordde 401 of 403: het neemt de handtekening of het bearer-token niet aan.',
        'Vergelijk aan beide kanten het callback-geheim en het token, en de klokken.',
    ],
    callback_tls: [
        'Geen beveiligde verbinding met de callback-URL: het certificaat is verlopen, geldt voor een andere naam of komt van een autoriteit die de bridge niet kent; of er wordt daar geen TLS gesproken, of een te oud. Er is niets verstuurd.',
        'i-Reserve vernieuwt of herstelt het certificaat; start bij een eigen autoriteit de bridge met NODE_EXTRA_CA_CERTS=FILE. Antwoorden wachten zolang.',
    ],
    callback_url_wrong: [
        'Wat op de callback-URL antwoordt, neemt geen callbacks aan (404, 405 of een doorverwijzing).',
        `Herstel hem: \`${SET} --callback-url URL\`. Doorverwijzingen worden niet gevolgd.`,
    ],
    round_trip_failed: [
        'Een geplande rondreis kwam niet rond: een testbericht naar Mattermost en een antwoord terug. Het detail noemt de stap.',
        '`ireserve-bridge doctor <integration> --round-trip`, en `ireserve-bridge doctor <integration>` voor de stap die wordt genoemd.',
    ],
    not_listening: [
        'De gebeurtenisstroom van Mattermost is een minuut of langer weg. Antwoorden worden dan gevonden door elke vier seconden te kijken.',
        'Zorg dat de bridge de server bereikt, en dat een proxy ertussen WebSockets doorlaat naar /api/v4/websocket.',
    ],
    guard_pattern_unusable: [
        'Een patroon van wat niet voor bezoekers bedoeld is, kan niet worden vergeleken: het gebruikt een lookahead, een lookbehind of een terugverwijzing, of herhaalt te veel. Elk antwoord waar geen ander patroon op past, wordt vastgehouden en er wordt naar gevraagd.',
        'Schrijf het zonder, zo nodig als twee patronen: `ireserve-bridge integration set <integration> --guard-pattern PATTERN`. Het detail zegt welk het is.',
    ],
    emails_hidden: [
        'Mattermost verbergt e-mailadressen voor de bot, dus niemand kan aan een medewerker van i-Reserve worden gekoppeld; allen antwoorden onder hun eigen naam.',
        'Stel PrivacySettings.ShowEmailAddress in, of koppel met de hand: `ireserve-bridge agent pin <integration> <user id> <agent id>`.',
    ],
    callback_rejected: [
        'i-Reserve weigert juist deze callback (4xx); herhalen helpt niet.',
        'Zie het detail; herstel het daar, en probeer de bezorging opnieuw, of `ireserve-bridge deliveries retry`.',
    ],
    post_refused: [
        'Mattermost weigert juist dit bericht; herhalen helpt niet.',
        'Zie het detail. Controleer of het kanaal voor de bot alleen-lezen is, en dan `ireserve-bridge deliveries retry`.',
    ],
    integration_gone: ['De integratie is verwijderd.', NOTHING],
    discarded: ['Een beheerder heeft deze bezorging verworpen.', NOTHING],
    replayed: ['Een opgegeven bezorging, door een beheerder weer in de rij gezet.', BY_ITSELF],
    attachment_too_large: ['Groter dan MAX_FILE_BYTES of dan de Mattermost-server aanneemt.', 'Stuur een kleiner bestand, of een link.'],
    attachment_type_refused: ['Een soort die wordt uitgevoerd als je hem opent.', 'Stuur een andere soort, of een link.'],
    attachment_refused: ['Mattermost weigerde het bestand.', 'Controleer de bestandsinstellingen van de server.'],
    attachment_given_up: [
        'Het kon niet binnen `dead_letter_after_hours` naar Mattermost worden gebracht, of is met de hand opgegeven.',
        '`ireserve-bridge deliveries retry` probeert het opnieuw: het bestand komt dan alsnog bij zijn bericht.',
    ],
    attachment_withdrawn: ['Het bericht is ingetrokken, of in Mattermost verwijderd, voordat het bestand kwam.', NOTHING],
    attachment_lost: ['De inhoud is niet meer opgeslagen.', 'Stuur het opnieuw als nieuw bericht.'],
    attachment_unreadable: [
        'De inhoud kwam niet mee: content_base64 is geen base64, of het verzoek heeft geen deel met die naam.',
        'Stuur het opnieuw als nieuw bericht; probeer ?strict=true&validate-only=true.',
    ],
    attachment_not_attached: [
        'Mattermost nam het bestand aan en hing het niet aan het bericht.',
        'Kijk in het eigen log van de Mattermost-server.',
    ],
    attachment_gone: [
        'Het bestand van de medewerker is in Mattermost verwijderd, of voor de bot verborgen, voordat het verstuurd kon worden.',
        'Stuur het opnieuw als nieuw antwoord.',
    ],
    attachment_url_invalid: ['Geen http(s)-adres, of een met toegangsgegevens erin.', 'Stuur een https-adres.'],
    attachment_host_not_allowed: [
        'De host staat niet op de lijst van de integratie.',
        `Stel de lijst met hem erop in: \`${SET} --attachment-host <host> --attachment-host <another>\`.`,
    ],
    attachment_address_not_allowed: [
        'Het adres van de host ligt niet op het openbare internet.',
        'Op een intranet: ALLOW_PRIVATE_ATTACHMENT_HOSTS.',
    ],
    attachment_too_many_redirects: ['Meer dan drie doorverwijzingen.', 'Stuur het laatste adres.'],
    attachment_not_found: ['Het adres antwoordt 404 of 410.', 'Bewaar het bestand minstens tot het is bezorgd.'],
    attachment_denied: ['Het adres weigert (4xx).', 'Stuur een adres dat geen login nodig heeft, zoals een ondertekend.'],
    attachment_unavailable: [
        'Het adres faalt (5xx), of vraagt later te komen. Het bestand volgt zodra het te krijgen is; het ontbreekt als het is opgegeven.',
        'Herstel de bestandsserver.',
    ],
    attachment_encoded: ['Gestuurd met een content-encoding, terwijl er geen was gevraagd.', 'Stuur het zoals het is.'],
    attachment_timeout: [
        'Niet compleet binnen ATTACHMENT_TIMEOUT_MS. Het bestand volgt zodra het te krijgen is; het ontbreekt als het is opgegeven.',
        'Herstel de bestandsserver.',
    ],
    attachment_unreachable: ['Geen verbinding met de host.', 'Controleer naam, netwerk en certificaat.'],
    not_relayed: [
        'Een bericht in een gespiegelde thread dat niet naar de bezoeker gaat; het detail zegt waarom (een andere bot, een plugin in iemands naam, geen teken voor de bezoeker, een gedeactiveerde gebruiker …).',
        'Had het moeten gaan: reageer met 📤, of gebruik in het berichtmenu het antwoord aan de bezoeker.',
    ],
    answer_unusable: [
        'i-Reserve nam een callback aan, maar iets in het antwoord was niet te begrijpen; het detail noemt de sleutel. De rest is gebruikt.',
        'Antwoord zoals docs/callbacks.md beschrijft: message_id als tekst van hoogstens 128 tekens, state delivered of seen.',
    ],
    details_changed: [
        'Een gebeurtenis is aangenomen hoewel sommige details niet pasten: ze zijn ingekort, genormaliseerd of weggelaten, zoals het antwoord onder warnings zegt.',
        'Herstel de genoemde velden aan de kant van i-Reserve; probeer ?strict=true&validate-only=true.',
    ],
    file_left: [
        'Waar een bestand bij hoorde, is ingetrokken of gewist, en het bestand is via zijn id nog uit Mattermost te downloaden; of dat kon niet worden gevraagd.',
        'Zie detail: op 11.6 maakt Purge All Caches in de System Console er meteen een eind aan, anders een half uur; verwijder het bestand op oudere servers uit de bestandsopslag.',
    ],
    sequence_gap: [
        'In een gesprek is een volgnummer overgeslagen. De gebeurtenis zelf is aangenomen.',
        'Zoek aan de kant van i-Reserve de gebeurtenis met het nummer dat werd verwacht.',
    ],
};
