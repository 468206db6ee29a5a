/**
 * Names a reaction may have on 11.1: a selection of Mattermost's own.
 *
 * The real list has some thousand more; custom emoji are not kept. Better to refuse a rare name that exists than to accept
 * one that does not.
 */
export const EMOJI: ReadonlySet<string> = new Set(
    `+1 -1 100 alarm_clock angry arrow_forward arrow_left arrow_right arrow_up arrow_down arrows_counterclockwise bangbang
    ballot_box_with_check bell black_circle blue_heart blush bookmark boom broken_heart bulb calendar cat checkered_flag clap
    clock1 clock3 closed_book cloud coffee computer confused construction cry dart date disappointed dog door e-mail ear email
    envelope envelope_with_arrow exclamation eyes facepunch file_folder fire flag-gb flushed gear gift globe_with_meridians grey_exclamation
    grey_question grin grinning handshake hand hearts heart heart_eyes heavy_check_mark heavy_exclamation_mark heavy_minus_sign
    heavy_multiplication_x heavy_plus_sign hotel hourglass hourglass_flowing_sand hugging_face incoming_envelope information_source
    inbox_tray interrobang joy key kissing_heart large_blue_circle large_green_circle large_yellow_circle laughing link lock loudspeaker
    mag mailbox mega memo mute muscle negative_squared_cross_mark neutral_face no_bell no_entry no_entry_sign no_mouth ok ok_hand
    open_file_folder open_hands open_mouth outbox_tray page_facing_up paperclip partying_face pencil pencil2 pensive phone point_down
    point_left point_right point_up pray pushpin question rage raised_hand raised_hands recycle red_circle relaxed repeat rocket
    rotating_light scream see_no_evil shrug slightly_frowning_face slightly_smiling_face smile smiley smirk sob sparkles
    speech_balloon star stop_sign stopwatch stuck_out_tongue sunglasses sunny sweat sweat_smile tada tears_of_joy telephone
    telephone_receiver thinking_face thought_balloon thumbsdown thumbsup timer_clock triangular_flag_on_post unlock upside_down_face v
    warning wave white_check_mark white_circle white_heart white_large_square wink wrench x yellow_heart zap zzz one two three four five
    heavy_dollar_sign bed key2 calling iphone left_speech_bubble arrow_right_hook leftwards_arrow_with_hook twisted_rightwards_arrows`.split(
        /\s+/,
    ),
);
