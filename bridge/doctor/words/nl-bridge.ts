import type {BRIDGE_FINDINGS} from '../findings-of-bridge.ts';
import type {FindingWords} from './words.ts';

const SET = 'ireserve-bridge integration set {integration}';
const ADD = 'ireserve-bridge secret add {integration}';

export const NL_BRIDGE: Record<keyof typeof BRIDGE_FINDINGS, FindingWords> = {
    bridge_not_running: [
        'De service van de bridge antwoordt niet.',
        'Start hem (ireserve-bridge serve); draait hij elders, zeg dan waar: --bridge-url URL. Geprobeerd: {url}.',
    ],
    bridge_not_ready: ['De bridge draait, maar kan geen gebeurtenissen opslaan.', 'Kijk naar zijn logboek, zijn schijf en zijn database.'],
    other_bridge: [
        'Daar antwoordt een andere bridge, een met een andere opslag: test en productie zijn misschien verwisseld.',
        'Laat {url} naar de bridge leiden waarvan dit de opslag is: herstel PUBLIC_URL, de route van de proxy, of --bridge-url; of stel DATA_DIR of DATABASE_URL in als voor die bridge.',
    ],
    integration_not_active: [
        'De integratie is gepauzeerd of inactief: er wordt niets bezorgd.',
        `Als ze hoort te werken: ${SET} --state active`,
    ],
    environments_mixed: [
        'Een test- en een productie-integratie delen een bot, een geheim, een kanaal of een adres: testberichten kunnen bezoekers bereiken.',
        'Geef elke omgeving haar eigen: eigen bot en token, kanalen, callback-adres en geheimen.',
    ],
    public_url_missing: [
        'PUBLIC_URL is niet ingesteld: geen knoppen, geen slash-commando, geen bestanden voor bezoekers.',
        'Start de bridge met PUBLIC_URL=https://…, het adres waaronder Mattermost, browsers en i-Reserve hem bereiken.',
    ],
    public_url_unreachable: ['Op PUBLIC_URL antwoordt niets.', 'Controleer {url}: DNS, firewall, certificaat en de proxy voor de bridge.'],
    public_url_redirects: [
        'PUBLIC_URL verwijst door: Mattermost herhaalt zijn aanroepen dan zonder hun inhoud, en ze gaan verloren.',
        'Zet PUBLIC_URL op waar het heen leidt: {location}',
    ],
    public_url_elsewhere: [
        'Op PUBLIC_URL antwoordt iets, maar niet deze bridge.',
        'Herstel PUBLIC_URL ({url}), of de route van de proxy naar de bridge.',
    ],
    public_url_private: [
        'PUBLIC_URL is een privéadres: de Desktop-app van Mattermost (6.2.3 en later) breekt de aanroepen van het zijpaneel af, en i-Reserve bereikt het alleen vanuit hetzelfde netwerk.',
        'Gebruik een openbaar adres, of een pad onder het adres van Mattermost zelf (een reverse proxy die cookies weghaalt).',
    ],
    public_url_not_https: [
        'Mattermost wordt via https geopend en PUBLIC_URL is http: browsers blokkeren de aanroepen van het zijpaneel.',
        'Geef de bridge TLS (een proxy ervoor) en zet PUBLIC_URL op https://…',
    ],
    cors_refused: [
        'Pagina’s van de Site-URL van Mattermost mogen de bridge niet aanroepen: het zijpaneel blijft leeg.',
        'Zet de Site-URL van Mattermost op het adres dat mensen in hun browser hebben, en laat geen proxy de CORS-headers van de bridge weghalen of beantwoorden.',
    ],
    disk_nearly_full: [
        'De schijf van DATA_DIR is bijna vol: is ze vol, dan worden gebeurtenissen geweigerd.',
        'Maak ruimte op de schijf van {file}, of verplaats DATA_DIR.',
    ],
    database_unavailable: [
        'Er kan niet naar de database worden geschreven.',
        'Controleer schijf, rechten en DATABASE_URL; zie het logboek van de bridge.',
    ],
    database_slow: [
        'Schrijven naar de database duurt lang: elke gebeurtenis wacht erop.',
        'Kijk naar de belasting van de schijf of de databaseserver; DATA_DIR mag niet op een netwerkschijf staan.',
    ],
    data_readable: [
        'Andere gebruikers van de machine kunnen de gegevens van de bridge lezen: namen, adressen en woorden van bezoekers.',
        'Als de gebruiker waaronder de service draait: chmod 700 {folder} en chmod 600 {file}; een map die anderen ook gebruiken is er geen plaats voor: verplaats DATA_DIR. Kopieën van de database hebben hetzelfde nodig.',
    ],
    key_readable: ['Anderen mogen de sleutel van alle geheimen lezen: de bridge zal niet meer starten.', 'chmod 600 {file}'],
    key_missing: [
        'Het bestand met de sleutel van alle geheimen is weg: na de volgende start zijn ze niet te lezen.',
        'Zet {file} nu terug vanaf de kopie, zolang de bridge nog draait. Zonder kopie moet je na de volgende start alle tokens opnieuw invoeren.',
    ],
    key_old: [
        'De sleutel van alle geheimen is ouder dan twee jaar.',
        'Zorg dat er een kopie van {file} is, apart van de back-ups van de database, en vervang wat hij beschermt: bot-token, ondertekenings- en callback-geheimen.',
    ],
    queue_old: [
        'Iets wacht al meer dan vijf minuten op bezorging.',
        'Kijk waarom: ireserve-bridge log {integration} --level warn; en zie de andere bevindingen hier.',
    ],
    dead_letters: [
        'Bezorgingen zijn opgegeven en wachten op een beslissing.',
        'ireserve-bridge deliveries list --integration {integration} --state dead, en dan retry of discard.',
    ],
    notice_stands: [
        'De bridge heeft beheerders iets gemeld, en dat geldt nog.',
        'Zie docs/errors.md voor de code, en: ireserve-bridge status',
    ],
    credential_missing: [
        'i-Reserve heeft niets om de bridge mee aan te roepen: geen ondertekeningsgeheim en geen geldig bearer-token.',
        `${ADD} signing_secrets --generate, of: ireserve-bridge token create {integration}`,
    ],
    secret_expires: [
        'De genoteerde datum van een geheim valt binnen 30 dagen, of is voorbij. Hier stopt er niets door, maar wie het geheim gaf, kan het beëindigen.',
        'Zet het volgende ernaast: ireserve-bridge secret add {integration} {kind} …; is de andere kant over, verwijder dan het oude: ireserve-bridge secret drop. Of noteer een andere datum: ireserve-bridge secret expires.',
    ],
    token_expires: [
        'Alle bearer-tokens van i-Reserve verlopen binnen twee weken, en er is geen ondertekeningsgeheim.',
        'ireserve-bridge token create {integration}, en geef het aan i-Reserve voordat het oude eindigt.',
    ],
    nothing_received: [
        'i-Reserve heeft nog niets gestuurd.',
        'Geef i-Reserve het adres en de toegang van de bridge; in docs/events.md staat een eerste gebeurtenis om te proberen.',
    ],
    url_with_credentials: [
        'Een adres bevat een gebruikersnaam of wachtwoord: het kan niet worden aangeroepen.',
        `Stel het in zonder user:password@: ${SET} {option} https://…; i-Reserve herkent de bridge aan zijn handtekening, of aan een callback-token: ireserve-bridge secret add {integration} callback_tokens --file FILE. Heeft iemand het wachtwoord eerder gezien: wijzig het.`,
    ],
    callback_missing: [
        'Antwoorden van medewerkers blijven in Mattermost: er is geen Callback-URL.',
        `${SET} --callback-url https://… --callback-secret generate`,
    ],
    callback_unsigned: [
        'Er is geen geheim om callbacks mee te ondertekenen, dus antwoorden wachten.',
        `${ADD} callback_secrets --generate, en geef het aan i-Reserve`,
    ],
    callback_not_https: [
        'Gesprekken van bezoekers gaan via http naar buiten: iedereen onderweg kan ze lezen en wijzigen.',
        `${SET} --callback-url https://…`,
    ],
    callback_unreachable: [
        'Het callback-adres van i-Reserve antwoordt niet.',
        'Controleer {url}, DNS en de firewall vanaf de machine van de bridge; vraag het daarna i-Reserve.',
    ],
    callback_tls: [
        'Geen beveiligde verbinding met het callback-adres van i-Reserve: het certificaat is verlopen, geldt voor een andere naam of komt van een onbekende autoriteit; of er wordt daar geen TLS gesproken, of een te oud.',
        'Verlopen, of voor een andere naam: i-Reserve moet het certificaat van {url} vernieuwen of herstellen. Zelfondertekend, of van een eigen autoriteit: start de bridge met NODE_EXTRA_CA_CERTS=FILE (het certificaat zelf, of dat van de autoriteit; en i-Reserve moet de hele keten sturen). Geen TLS daar: de Callback-URL begint met http://. Te oud: i-Reserve moet TLS 1.2 of nieuwer spreken.',
    ],
    callback_redirects: [
        'Het callback-adres van i-Reserve verwijst door; callbacks worden niet doorgestuurd.',
        `Stel het adres in waar het heen leidt: ${SET} --callback-url {location}`,
    ],
    callback_wrong_address: ['Op dat adres is geen ontvanger van callbacks.', `Herstel het: ${SET} --callback-url https://…`],
    callback_refuses_us: [
        'i-Reserve weigert de handtekening of het token van de bridge.',
        `Beide kanten hebben hetzelfde geheim nodig: ${ADD} callback_secrets --generate (het vorige ondertekent mee tot je het verwijdert). Een klok die verkeerd loopt, heeft hetzelfde effect.`,
    ],
    callback_not_verifying: [
        'i-Reserve neemt een callback zonder handtekening aan: wie het adres kent, kan namens een medewerker spreken.',
        'De ontwikkelaars van i-Reserve moeten handtekeningen controleren: docs/callbacks.md, Verifying.',
    ],
    callback_failing: [
        'i-Reserve beantwoordt de test-callback met een fout.',
        'Vraag het de ontwikkelaars van i-Reserve: een callback van de soort ping wordt met 2xx beantwoord (docs/callbacks.md).',
    ],
    callback_gone: [
        'i-Reserve zei 410: het wil daar geen callbacks meer.',
        `Vraag i-Reserve het nieuwe adres: ${SET} --callback-url https://…`,
    ],
    clock_skew_ireserve: [
        'De klokken van de bridge en van i-Reserve lopen meer dan een minuut uiteen; boven vijf minuten worden handtekeningen geweigerd.',
        'Zet tijdsynchronisatie (NTP) aan op de machine van de bridge, en zeg het i-Reserve.',
    ],
    agents_url_failing: [
        'De lijst van medewerkers van i-Reserve kan niet worden opgehaald: nieuwe medewerkers worden niet herkend.',
        `Controleer het adres met i-Reserve: ${SET} --agents-url https://…, of laat i-Reserve de lijst sturen.`,
    ],
    bookings_unavailable: [
        'Boekingen kunnen niet in i-Reserve worden opgezocht: kaarten tonen alleen hun nummer.',
        `Controleer adres, gebruiker en wachtwoord (een eigen gebruiker met API-rechten, zonder tweestapsverificatie): ${SET} --ireserve-url … --ireserve-user … --ireserve-password-file FILE`,
    ],
    round_trip_failed: [
        'De laatste rondreis kwam niet rond.',
        'De kapotte stap staat erbij; voer hem opnieuw uit: ireserve-bridge doctor {integration} --round-trip',
    ],
    check_timed_out: [
        'Een controle duurde te lang en is afgebroken.',
        'Voer de controle opnieuw uit; blijft het zo, dan hangt wat ze vraagt.',
    ],
    check_failed: [
        'Een controle kon niet worden uitgevoerd.',
        'Voer de controle opnieuw uit; blijft het zo, meld het dan met het logboek van de bridge.',
    ],
};
