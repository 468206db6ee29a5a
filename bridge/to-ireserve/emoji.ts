/** Emoji shortcodes as Mattermost knows them → the character. Pure. */
import github from 'markdown-it-emoji/lib/data/full.mjs';

/** Where Mattermost means another character by a name than GitHub does. */
const DIFFERENT: Readonly<Record<string, string>> = {
    email: '✉️',
    satellite: '🛰️',
    snowman: '☃️',
    umbrella: '☂️',
    ok_woman: '🙆',
    guardsman: '💂',
    man_with_turban: '👳',
    bride_with_veil: '👰',
};

/** Mattermost's name, then GitHub's, for what `REWRITES` does not find. */
const ALIASES = new Map(
    `rolling_on_the_floor_laughing rofl; smiling_face_with_3_hearts smiling_face_with_three_hearts; grinning_face_with_star_eyes star_struck;
    grinning_face_with_one_large_and_one_small_eye zany_face; hugging_face hugs; face_with_finger_covering_closed_lips shushing_face;
    smiling_face_with_smiling_eyes_and_hand_covering_mouth hand_over_mouth; face_with_one_eyebrow_raised raised_eyebrow;
    face_with_rolling_eyes roll_eyes; face_vomiting vomiting_face; face_with_open_mouth_vomiting vomiting_face; white_frowning_face frowning_face;
    shocked_face_with_exploding_head exploding_head; face_with_cowboy_hat cowboy_hat_face; face_with_monocle monocle_face;
    face_with_symbols_on_mouth cursing_face; serious_face_with_symbols_covering_mouth cursing_face; face_palm facepalm;
    heavy_heart_exclamation_mark_ornament heavy_heart_exclamation; eye_in_speech_bubble eye_speech_bubble; spock_hand vulcan_salute;
    hand_with_index_and_middle_fingers_crossed crossed_fingers; i_love_you_hand_sign love_you_gesture; the_horns metal;
    sign_of_the_horns metal; reversed_hand_with_middle_finger_extended fu; left_facing_fist fist_left; right_facing_fist fist_right;
    ladybug lady_beetle; kiwifruit kiwi_fruit; cheese_wedge cheese; cooking fried_egg; glass_of_milk milk_glass;
    knife_fork_plate plate_with_cutlery; snow_capped_mountain mountain_snow; beach_with_umbrella beach_umbrella; house_buildings houses;
    derelict_house_building derelict_house; racing_motorcycle motorcycle; scooter kick_scooter; octagonal_sign stop_sign;
    airplane_departure flight_departure; airplane_arriving flight_arrival; thunder_cloud_and_rain cloud_with_lightning_and_rain;
    mostly_sunny sun_behind_small_cloud; sun_small_cloud sun_behind_small_cloud; barely_sunny sun_behind_large_cloud;
    sun_behind_cloud sun_behind_large_cloud; partly_sunny_rain sun_behind_rain_cloud; rain_cloud cloud_with_rain;
    snow_cloud cloud_with_snow; lightning cloud_with_lightning; lightning_cloud cloud_with_lightning; tornado_cloud tornado;
    wind_blowing_face wind_face; umbrella_with_rain_drops umbrella; umbrella_on_ground parasol_on_ground; snowman_without_snow snowman;
    admission_tickets tickets; medal medal_military; sports_medal medal_sports; first_place_medal 1st_place_medal;
    second_place_medal 2nd_place_medal; third_place_medal 3rd_place_medal; table_tennis_paddle_and_ball ping_pong;
    frame_with_picture framed_picture; shopping_bags shopping; helmet_with_white_cross rescue_worker_helmet; drum_with_drumsticks drum;
    three_button_mouse computer_mouse; film_frames film_strip; camera_with_flash camera_flash; rolled_up_newspaper newspaper_roll;
    ballot_box_with_ballot ballot_box; spiral_note_pad spiral_notepad; spiral_calendar_pad spiral_calendar; linked_paperclips paperclips;
    lower_left_fountain_pen fountain_pen; lower_left_ballpoint_pen pen; lower_left_paintbrush paintbrush; lower_left_crayon crayon;
    dagger_knife dagger; compression clamp; scales balance_scale; satellite_antenna satellite; shopping_trolley shopping_cart;
    black_right_pointing_double_triangle_with_vertical_bar next_track_button; double_vertical_bar pause_button;
    black_right_pointing_triangle_with_double_vertical_bar play_or_pause_button; black_square_for_stop stop_button;
    black_left_pointing_double_triangle_with_vertical_bar previous_track_button; black_circle_for_record record_button;
    eject eject_button; staff_of_aesculapius medical_symbol; keycap_star asterisk; waving_black_flag black_flag; waving_white_flag white_flag;
    women_holding_hands two_women_holding_hands; men_holding_hands two_men_holding_hands; man_and_woman_holding_hands couple;
    woman_and_man_holding_hands couple; speaking_head_in_silhouette speaking_head; sleeping_accommodation sleeping_bed; dove_of_peace dove;
    sleuth_or_spy detective; doctor health_worker; mother_christmas mrs_claus; man_in_business_suit_levitating business_suit_levitating;
    weight_lifter weight_lifting; person_with_ball bouncing_ball_person; golfer golfing; fencer person_fencing; wrestlers wrestling;
    ca canada; pk pakistan; za south_africa; flag_england england; flag_scotland scotland; flag_wales wales;
    mate_drink mate; juggling juggling_person; handball handball_person; person_with_blond_hair blond_haired_person; briefs swim_brief;
    face_with_hand_over_mouth hand_over_mouth; face_with_raised_eyebrow raised_eyebrow; thinking_face thinking; robot_face robot;
    lion_face lion; unicorn_face unicorn; zebra_face zebra; giraffe_face giraffe; radioactive_sign radioactive; biohazard_sign biohazard;
    om_symbol om; male_doctor man_health_worker; female_doctor woman_health_worker; male_police_officer policeman;
    female_police_officer policewoman; female_guard guardswoman; person_frowning frowning_person; person_with_pouting_face pouting_face;
    person_in_steamy_room sauna_person; person_climbing climbing; man_rowing_boat rowing_man; woman_rowing_boat rowing_woman;
    person_in_lotus_position lotus_position; person_doing_cartwheel cartwheeling; cricket_bat_and_ball cricket_game;
    field_hockey_stick_and_ball field_hockey; ice_hockey_stick_and_puck ice_hockey; badminton_racquet_and_shuttlecock badminton;
    womans_flat_shoe flat_shoe; menorah_with_nine_branches menorah`
        .split(';')
        .map((pair) => pair.trim().split(' ') as [string, string]),
);

/** The two tables mostly differ in the order of the words. Tried one after the other. */
const REWRITES: readonly (readonly [RegExp, string])[] = [
    [/^male_(.+)$/, 'man_$1'],
    [/^female_(.+)$/, 'woman_$1'],
    [/^(wo)?man_(?:gesturing_|getting_|lifting_|tipping_|in_)?(.+)$/, '$2_$1man'],
    [/^male_(.+)$/, '$1_man'],
    [/^female_(.+)$/, '$1_woman'],
    [/^(man_.+|woman_.+)$/, 'family_$1'],
    [/^large_(.+_(?:circle|square))$/, '$1'],
];

const TONES: Readonly<Record<string, string>> = {
    light: '\u{1F3FB}',
    medium_light: '\u{1F3FC}',
    medium: '\u{1F3FD}',
    medium_dark: '\u{1F3FE}',
    dark: '\u{1F3FF}',
};
const TONED = /^(.+?)_((?:medium_)?(?:light|dark)|medium)_skin_tone$/;

const characters = new Set(Object.values(github));

/** What `:name:` shows in Mattermost; `undefined` for custom emoji and for what is none. */
export function emojiNamed(typed: string): string | undefined {
    const name = typed.toLowerCase();
    return untoned(name) ?? toned(name) ?? flag(name);
}

function untoned(name: string): string | undefined {
    if (Object.hasOwn(DIFFERENT, name)) return DIFFERENT[name];
    // GitHub writes `_` where Mattermost has names with `-`, but both have `-1` and `e-mail`.
    return onGithub(name) ?? viaOtherName(name.replaceAll('-', '_'));
}

function viaOtherName(name: string): string | undefined {
    const alias = ALIASES.get(name);
    if (alias !== undefined) return onGithub(alias);
    for (const candidate of [name, ...REWRITES.map(([from, to]) => name.replace(from, to))]) {
        const found = onGithub(candidate);
        if (found !== undefined) return found;
    }
    return undefined;
}

/** `wave_dark_skin_tone`. The tone follows the person, who is the first character of a longer sequence (a man, a joiner, a laptop). */
function toned(name: string): string | undefined {
    const [, base = '', tone = ''] = TONED.exec(name) ?? [];
    const character = base === '' ? undefined : untoned(base);
    const modifier = TONES[tone];
    if (character === undefined || modifier === undefined || !/^\p{Emoji_Modifier_Base}/u.test(character)) return undefined;
    return character.replace(/^(.)\uFE0F?/u, `$1${modifier}`);
}

/** `flag-nl`: two letters, if there is such a flag. */
function flag(name: string): string | undefined {
    const [, country] = /^flag-([a-z]{2})$/.exec(name) ?? [];
    if (country === undefined) return undefined;
    const character = [...country].map((letter) => String.fromCodePoint(0x1f1e6 + letter.charCodeAt(0) - 97)).join('');
    return characters.has(character) ? character : undefined;
}

function onGithub(name: string): string | undefined {
    return Object.hasOwn(github, name) ? github[name] : undefined;
}
