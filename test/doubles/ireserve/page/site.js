/** The boat rental's own pages: the list of boats and one page per boat. */

import {make} from './make.js';
import {onLanguage, translatePage, words} from './words.js';

const BOATS = [
    {
        slug: 'zilvermeeuw',
        shape: 'sloop',
        name: 'Zilvermeeuw',
        seats: 8,
        price: 145,
        colour: '#f4a84a',
        text: {
            nl: 'Ruime elektrische sloep met kussens, tafel en zonnekap. Fluisterstil over de plas.',
            en: 'A roomy electric sloop with cushions, a table and a sun canopy. Silent across the lake.',
            de: 'Geräumiges Elektroboot mit Polstern, Tisch und Sonnendach. Flüsterleise über den See.',
        },
    },
    {
        slug: 'waterhoen',
        shape: 'rowing',
        name: 'Waterhoen',
        seats: 4,
        price: 45,
        colour: '#d9584a',
        text: {
            nl: 'Houten roeiboot van de werf hiernaast. Zwemvesten en picknickmand liggen klaar.',
            en: 'A wooden rowing boat from the yard next door. Life jackets and a picnic basket included.',
            de: 'Hölzernes Ruderboot von der Werft nebenan. Schwimmwesten und Picknickkorb inklusive.',
        },
    },
    {
        slug: 'ijsvogel',
        shape: 'canoe',
        name: 'IJsvogel',
        seats: 2,
        price: 30,
        colour: '#3f8fd0',
        text: {
            nl: 'Lichte kano voor twee, voor de smalle kreken waar geen sloep komt.',
            en: 'A light canoe for two, for the narrow creeks no sloop can reach.',
            de: 'Leichtes Kanu für zwei, für die schmalen Wasserläufe, in die kein Boot passt.',
        },
    },
];

const slug = location.pathname.match(/^\/boats\/([\w-]+)/)?.[1];
const boat = BOATS.find((one) => one.slug === slug);

/** What the support team sees as the page the chat started on. */
export const pageNow = () => ({url: location.href.split('#')[0], title: document.title});

const SHAPES = {
    sloop: (colour) => `<path class="mast" d="M124 60h3v34h-3zM196 60h3v34h-3z"/><path class="sail" d="M112 52q50-12 98 0v10q-48-10-98 0z"/>
        <path fill="${colour}" d="M84 92h156q-4 26-30 26H116q-26 0-32-26z"/><path class="trim" d="M86 98h152"/>`,
    rowing: (
        colour,
    ) => `<path class="oar" d="M140 88 92 126M184 88l48 38"/><path fill="${colour}" d="M100 92h124q-10 24-34 24h-56q-24 0-34-24z"/>
        <path class="trim" d="M104 98h116"/>`,
    canoe: (colour) =>
        `<path class="oar" d="m186 64-26 52"/><path fill="${colour}" d="M86 90q8 8 20 8h112q12 0 20-8-2 26-26 26H112q-24 0-26-26z"/>`,
};

function drawing({colour, shape}) {
    const box = document.createElement('div');
    box.className = 'drawing';
    box.setAttribute('aria-hidden', 'true');
    box.innerHTML = `<svg viewBox="0 0 320 150" preserveAspectRatio="xMidYMax slice">
        <circle cx="252" cy="38" r="20" class="sun"/><path class="hill" d="M0 96q60-42 120-14t120-18 80 12v80H0z"/>
        <path class="water" d="M0 104h320v46H0z"/>${SHAPES[shape](colour)}
        <path class="wave" d="M20 128q12-8 24 0t24 0M130 138q12-8 24 0t24 0M240 128q12-8 24 0t24 0"/></svg>`;
    return box;
}

function card(one, language) {
    return make('article', {className: 'card'}, [
        drawing(one),
        make('div', {className: 'card-text'}, [
            make('h3', {textContent: one.name}),
            make('p', {textContent: one.text[language]}),
            make('p', {className: 'price', textContent: `${one.seats} ${words().persons} · € ${one.price} ${words().halfDay}`}),
            make('a', {className: 'primary', href: `/boats/${one.slug}`, textContent: words().look}),
        ]),
    ]);
}

function boatPage(one, language) {
    const date = make('input', {type: 'date', id: 'date', value: new Date(Date.now() + 7 * 864e5).toISOString().slice(0, 10)});
    const part = make(
        'select',
        {id: 'part'},
        words().parts.map((text) => make('option', {textContent: text})),
    );
    const note = make('p', {className: 'book-note', hidden: true, textContent: words().bookNote});
    note.setAttribute('role', 'status');
    const book = make('button', {type: 'button', className: 'primary', textContent: words().book, onclick: () => (note.hidden = false)});
    return [
        make('a', {className: 'back', href: '/', textContent: `← ${words().allBoats}`}),
        make('div', {className: 'boat'}, [
            drawing(one),
            make('div', {className: 'boat-text'}, [
                make('h1', {textContent: one.name}),
                make('p', {textContent: one.text[language]}),
                make('p', {className: 'price', textContent: `${one.seats} ${words().persons} · € ${one.price} ${words().halfDay}`}),
                make('div', {className: 'book'}, [
                    make('label', {}, [make('span', {textContent: words().date}), date]),
                    make('label', {}, [make('span', {textContent: words().part}), part]),
                    book,
                ]),
                note,
            ]),
        ]),
    ];
}

export function drawSite(language) {
    document.title = `${boat ? `${boat.name} · ` : ''}Sloepverhuur De Zilverplas`;
    const home = [
        make('section', {className: 'hero'}, [make('h1', {textContent: words().tagline}), make('p', {textContent: words().intro})]),
        make('h2', {textContent: words().ourBoats}),
        make(
            'div',
            {className: 'cards'},
            BOATS.map((one) => card(one, language)),
        ),
    ];
    document.getElementById('site').replaceChildren(...(boat ? boatPage(boat, language) : home));
    translatePage();
}

onLanguage(drawSite);
