import type {RefusalWords} from './words.ts';

const AGAIN = 'Probeer het na Retry-After seconden opnieuw';

export const NL_REFUSALS: RefusalWords = {
    malformed_body: ['De inhoud is geen JSON', 'Stuur JSON in UTF-8.'],
    invalid_request: ['Het verzoek past niet', 'Herstel de velden die in errors staan; zie /docs.'],
    unknown_parameter: ['Onbekende parameter in het adres', 'Gebruik de parameters van /docs, zo gespeld als daar; er is niets gedaan.'],
    unauthenticated: ['Geen toegangsbewijs', 'Stuur Authorization: Bearer <token>.'],
    session_expired: ['De sessie is voorbij', 'Laad de pagina opnieuw.'],
    too_many_requests: ['Te veel verzoeken', 'Wacht Retry-After seconden.'],
    wrong_admin_token: [
        'Geen admin-token, en geen sessie van een beheerder',
        'Maak er een: ireserve-bridge admin-token create; bearers van i-Reserve en van medewerkers werken hier niet.',
    ],
    not_an_admin: [
        'Geen systeembeheerder van die Mattermost-server',
        'Vraag een systeembeheerder van Mattermost, of gebruik een admin-token.',
    ],
    read_only: ['Deze bearer mag alleen lezen', 'Gebruik een token dat ook mag wijzigen (scope write).'],
    bridge_wide: [
        'Deze bearer reikt niet tot de hele bridge',
        'Gebruik een admin-token dat aan geen integratie is gebonden, of de opdrachtregel.',
    ],
    needs_unbound: [
        'Deze bearer mag niet wijzigen wie er wordt geloofd',
        'Server-URL en tokens van het slash-commando bepalen wie beheerder is: gebruik een token dat aan geen integratie is gebonden, of de opdrachtregel.',
    ],
    other_server: [
        'Een andere Mattermost-server dan die waarvan dit de beheerder is',
        'Gebruik een admin-token dat aan geen integratie is gebonden, of de opdrachtregel.',
    ],
    sessions_only: ['Alleen voor sessies', 'Trek tokens in met hun id.'],
    no_such_integration: ['Die integratie is er niet', 'Laad de lijst opnieuw.'],
    unknown_delivery: ['Onbekende bezorging', 'Laad de lijst opnieuw.'],
    unknown_token: ['Onbekend token', 'Laad de lijst opnieuw.'],
    unknown_session: ['Onbekende sessie', 'Laad de lijst opnieuw; ze is misschien geëindigd.'],
    unknown_secret: ['Dat geheim is niet in gebruik', 'Laad de integratie opnieuw.'],
    name_taken: ['Er is al een integratie met die naam', 'Kies een andere naam.'],
    changed_meanwhile: ['Iemand heeft het intussen gewijzigd', 'Laad het opnieuw, en wijzig wat er nu staat.'],
    not_dead: ['Dat kan alleen met opgegeven bezorgingen', 'Laad ze opnieuw.'],
    delivery_busy: ['Het gesprek wordt op dit moment bezorgd', 'Probeer het zo meteen opnieuw; pauzeer de integratie als het zo blijft.'],
    delivery_settled: ['De bezorging is afgehandeld', 'Niets.'],
    no_room_for_secret: ['Er zijn er al zoveel van dit geheim als mag', 'Verwijder eerst het oudste, of stuur drop_oldest: true mee.'],
    needs_a_secret: ['De integratie kan niet zonder', 'Stel het nieuwe in; dat komt in de plaats van het oude.'],
    credentials_in_url: [
        'Een adres bevat een gebruikersnaam of wachtwoord',
        'Geef het zonder user:password@; i-Reserve herkent de bridge aan zijn handtekening, of aan een callback-token.',
    ],
    bot_token_refused: ['Mattermost weigert het bot-token', 'Kopieer het opnieuw uit Integrations → Bot Accounts.'],
    other_bot: [
        'Het token is van een ander account',
        'Maak een token voor dezelfde bot: met een andere zou niemand de eigen berichten nog herkennen.',
    ],
    invalid_import: ['Het document kan niet worden geïmporteerd', 'Herstel de regels die in errors staan; er is niets gewijzigd.'],
    switched_off: ['De noodschakelaar is aan', 'Er gaat niets in of uit tot een beheerder hem uitzet: ireserve-bridge kill-switch off.'],
    still_sending: ['Er wordt juist een bericht van verstuurd', 'Vraag het over een minuut opnieuw; wat gedaan is, is gedaan.'],
    not_available: ['Deze bridge kan dat niet', 'Gebruik een nieuwere versie.'],
    too_large: ['Het verzoek is te groot', 'De grens staat erbij; stuur minder tegelijk.'],
    unsupported_media_type: ['Onbekende soort inhoud', 'Stuur application/json.'],
    overloaded: ['De bridge heeft het te druk', `${AGAIN}; er is niets opgeslagen.`],
    storage_unavailable: ['De bridge kan niets opslaan', `${AGAIN}; een beheerder moet schijf en database controleren.`],
    mattermost_unavailable: ['Mattermost is nu niet te bereiken', `${AGAIN}; blijft het zo, dan moet een beheerder kijken.`],
    stopping: ['De bridge stopt juist', `${AGAIN}.`],
    internal: ['In de bridge ging iets mis', 'Probeer het opnieuw; blijft het zo, meld dan request_id.'],
};
