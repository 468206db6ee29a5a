import {expect, test} from 'vitest';
import {emojiNamed} from './emoji.ts';

test.each([
    ['smile', '😄'],
    ['+1', '👍'],
    ['-1', '👎'],
    ['100', '💯'],
    ['e-mail', '📧'],
    ['email', '✉️'],
    ['flag-de', '🇩🇪'],
    ['star-struck', '🤩'],
    ['man-shrugging', '🤷‍♂️'],
    ['female-doctor', '👩‍⚕️'],
    ['man-bowing', '🙇‍♂️'],
    ['man-woman-girl-boy', '👨‍👩‍👧‍👦'],
    ['large_orange_circle', '🟠'],
    ['point_up_medium_light_skin_tone', '☝🏼'],
])('Mattermost shows :%s: as %s', (name, character) => {
    expect(emojiNamed(name)).toBe(character);
});

test.each(['our_logo', 'logo_face', 'male_', 'man_', 'flag-', 'flag-xx', 'toString', '__proto__', 'dog_dark_skin_tone', '_skin_tone', ''])(
    ':%s: is no emoji we know',
    (name) => {
        expect(emojiNamed(name)).toBeUndefined();
    },
);
