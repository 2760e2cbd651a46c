export const sentences = {
  s1: 'Sentence number 1 is one of many that a client could hold by itself, because no rule ever reads it.',
  s2: 'Sentence number 2 is one of many that a client could hold by itself, because no rule ever reads it.',
  s3: 'Sentence number 3 is one of many that a client could hold by itself, because no rule ever reads it.',
  s4: 'Sentence number 4 is one of many that a client could hold by itself, because no rule ever reads it.',
  s5: 'Sentence number 5 is one of many that a client could hold by itself, because no rule ever reads it.',
  s6: 'Sentence number 6 is one of many that a client could hold by itself, because no rule ever reads it.',
  s7: 'Sentence number 7 is one of many that a client could hold by itself, because no rule ever reads it.',
  s8: 'Sentence number 8 is one of many that a client could hold by itself, because no rule ever reads it.',
  s9: 'Sentence number 9 is one of many that a client could hold by itself, because no rule ever reads it.',
  s10: 'Sentence number 10 is one of many that a client could hold by itself, because no rule ever reads it.',
  s11: 'Sentence number 11 is one of many that a client could hold by itself, because no rule ever reads it.',
  s12: 'Sentence number 12 is one of many that a client could hold by itself, because no rule ever reads it.',
};
