// wx.createInnerAudioContext: a file that is there sounds until it is ended; another is an error.

function makeSound({ disk, hand, soon }) {
  return () => {
    const ears = {};
    let gone = false;
    const tell = (kind, what) => {
      if (!gone && ears[kind]) ears[kind](what);
    };
    const audio = { src: '', startTime: 0, stop: () => tell('Stop') };
    ['Play', 'Ended', 'Error', 'Stop'].forEach((kind) => {
      audio['on' + kind] = (ear) => {
        ears[kind] = ear;
      };
    });
    audio.play = () =>
      soon(() => {
        const there = disk.files[audio.src];
        if (!there) {
          tell('Error', { errCode: 10003, errMsg: 'file error' });
          return;
        }
        hand.heard.push([audio.src, audio.startTime]);
        tell('Play');
      });
    audio.destroy = () => {
      gone = true;
    };
    return audio;
  };
}
