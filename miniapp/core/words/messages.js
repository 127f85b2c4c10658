// What is said where somebody may say yes to messages in WeChat.

export const MESSAGE_WORDS = {
  offer: '有要办的事、补助发了，可以在微信里告诉您一声。点一次，告诉一次。',
  yes: '在微信里告诉我',
  noted: '好，有事在微信里告诉您。',
  off: '您的微信里关了“接收通知”。要提醒的话，点右上角三个点，进“设置”打开。',
  notAsked: '这次没问成，不要紧。要办的事都在“今天”里。',
  no: '好，不在微信里打扰您。要办的事都在“今天”里。',
};
