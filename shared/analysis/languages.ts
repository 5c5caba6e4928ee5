/**
 * The languages that have an analyzer of their own: their stop words, what is cut off the beginnings and ends of words, and
 * which of Snowball's stemmers is theirs. English stands in english.ts.
 */

export interface Language {
  /** As the package names it. */
  readonly stemmer: string;
  /** Words that say little: articles, pronouns, prepositions, conjunctions, auxiliary verbs. With or without their accents. */
  readonly stopWords: string;
  /** Words that lose their vowel before another and stand before it with an apostrophe. */
  readonly elided?: string;
  /** Whether what follows an apostrophe is an ending. */
  readonly endsAtApostrophe?: true;
  /** Where lower case is not that of most languages. */
  readonly locale?: string;
}

export const languages = {
  arabic: {
    stemmer: 'arabic',
    stopWords:
      'من في على إلى عن مع هذا هذه ذلك تلك هو هي هم هن أنا نحن أنت أنتم كان كانت يكون تكون كل بعض أو ثم أم بل لكن لا لم لن ما ماذا ' +
      'التي الذي الذين إن أن إذا قد منذ حتى بين عند عندما كما بعد قبل فوق تحت غير أي و ف ب ل ك له لها لهم به بها فيه فيها عليه عليها منه منها',
  },
  armenian: {
    stemmer: 'armenian',
    stopWords:
      'այդ այլ այն այս դու դուք եմ են ենք ես եք է էի էին էինք էիր էիք էր ըստ թ ի ին իսկ իր կամ համար հետ հետո մենք մեջ մի ն նա նաև նրա նրանք ' +
      'որ որը որոնք որպես ու ում պիտի վրա և',
  },
  basque: {
    stemmer: 'basque',
    stopWords:
      'al anitz arabera asko baina bat batean batek bati batzuk beraiek beraien bere beren bezala da dago dira ditu du dute edo egin ere eta ez gara ' +
      'gero gu gutxi guzti guztiak haiek haien hala hau hauek hemen horiek hori hura izan ni noiz nola non nor oso ze zein zen zer zu zuek',
  },
  catalan: {
    stemmer: 'catalan',
    elided: 'd l m n s t',
    stopWords:
      'a al als amb aquell aquella aquelles aquells aquest aquesta aquestes aquests això com de del dels des el ella elles ells els em en ens era es ' +
      'és està et fins ha han hem hi ho i jo la les li lo los més meu molt ni no nosaltres o on per perquè però però pel pels què que qui s sense ser ' +
      'seu seva si són sobre també teu tot tu un una unes uns va vosaltres',
  },
  czech: {
    stemmer: 'czech',
    stopWords:
      'a aby ale ani asi az bez bude budem budes by byl byla byli bylo být co což či do ho i já jak jako je jeho jej její jejich jen jeste ještě ' +
      'ji jine již jsem jses jsme jsou jste k kam kde kdo kdyz když ke ktera ktere kteri kterou ktery která které který která ma máte me mi mit muj my na ' +
      'nad nam nas ne nebo není nez nic o od on ona oni ono pak po pod podle pokud pouze prave pro proc proto protoze před přes pri s se si sve ' +
      'ta tak take takže tam te tedy ten tento teto tim to tohoto tom tomto toto tu ty tyto u uz v vam vas vase ve vice vsak z za zda zde ze že',
  },
  danish: {
    stemmer: 'danish',
    stopWords:
      'og i jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham hun nu over da fra du ud sin dem ' +
      'os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være dog noget ville jo deres efter ned skulle denne end dette mit ' +
      'også under have dig anden hende mine alt meget sit sine vor mod disse hvis din nogle hos blive mange ad bliver hendes været thi jer sådan',
  },
  dutch: {
    stemmer: 'dutch',
    stopWords:
      'de en van ik te dat die in een hij het niet zijn is was op aan met als voor had er maar om hem dan zou of wat mijn men dit zo door over ze ' +
      'zich bij ook tot je mij uit der daar haar naar heb hoe heeft hebben deze u want nog zal me zij nu ge geen omdat iets worden toch al waren ' +
      'veel meer doen toen moet ben zonder kan hun dus alles onder ja eens hier wie werd altijd doch wordt wezen kunnen ons zelf tegen na reeds wil ' +
      'kon niets uw iemand geweest andere',
  },
  finnish: {
    stemmer: 'finnish',
    stopWords:
      'olla olen olet on olemme olette ovat ole oli olisi olisit olisin olisimme olisitte olisivat olit olin olimme olitte olivat ollut olleet en et ' +
      'ei emme ette eivät minä minun minut minua minussa minulla minulle sinä sinun sinut sinua hän hänen hänet häntä me meidän meidät meitä te ' +
      'teidän teidät teitä he heidän heidät heitä tämä tämän tätä tässä tästä tällä tälle tuo tuon tuota se sen sitä siinä siitä sillä sille nämä ' +
      'näiden näitä nuo noiden noita ne niiden niitä kuka kenen kenet ketä mikä minkä mitä missä mistä mihin joka jonka jota jossa josta jotka ' +
      'joiden joita että ja jos koska kuin mutta niin sekä tai vaan vai vaikka kanssa mukaan noin poikki yli kun nyt itse',
  },
  french: {
    stemmer: 'french',
    elided: 'l m t qu n s j d c jusqu quoiqu lorsqu puisqu',
    stopWords:
      'au aux avec ce ces dans de des du elle en et eux il ils je la le les leur lui ma mais me même mes moi mon ne nos notre nous on ou par pas pour ' +
      'qu que qui sa se ses son sur ta te tes toi ton tu un une vos votre vous c d j l à m n s t y été étée étées étés étant suis es est sommes êtes ' +
      'sont serai seras sera serons serez seront serais serait serions seriez seraient étais était étions étiez étaient fus fut fûmes fûtes furent ' +
      'sois soit soyons soyez soient ayant eu eue eues eus ai as avons avez ont aurai auras aura aurons aurez auront aurais aurait avais avait ' +
      'avions aviez avaient eut ait aient ceci cela cet cette ici quel quels quelle quelles sans soi',
  },
  german: {
    stemmer: 'german',
    stopWords:
      'aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei bin bis bist da damit dann der ' +
      'den des dem die das dass daß du er sie es ein eine einem einen einer eines einig einige einigem einigen einiger einiges einmal ihn ihm etwas ' +
      'euer eure eurem euren eurer eures für gegen gewesen hab habe haben hat hatte hatten hier hin hinter ich mich mir ihr ihre ihrem ihren ihrer ' +
      'ihres euch im in indem ins ist jede jedem jeden jeder jedes jene jenem jenen jener jenes jetzt kann kein keine keinem keinen keiner keines ' +
      'können könnte machen man manche manchem manchen mancher manches mein meine meinem meinen meiner meines mit muss musste nach nicht nichts noch ' +
      'nun nur ob oder ohne sehr sein seine seinem seinen seiner seines selbst sich ihnen sind so solche solchem solchen solcher solches soll sollte ' +
      'sondern sonst über um und uns unser unsere unserem unseren unserer unter viel vom von vor während war waren warst was weg weil weiter welche ' +
      'welchem welchen welcher welches wenn werde werden wie wieder will wir wird wirst wo wollen wollte würde würden zu zum zur zwar zwischen',
  },
  hungarian: {
    stemmer: 'hungarian',
    stopWords:
      'a az egy be ki le fel meg el át rá ide oda szét össze vissza de hát és vagy hogy van lesz volt csak nem igen mint én te ő mi ti ők ön ez azok ' +
      'ezek aki akik amely amelyek ami amíg annak arra azon aztán azért bár ebben eddig egyéb ehhez ekkor ennek erre ezen ezért ha hanem hiszen ill is ' +
      'itt ismét ki kell kellett kívül között közül lehet legyen maga majd már még mert mely mi milyen mindig minden minthogy míg mivel most nagy ' +
      'nagyon ne néha néhány nélkül olyan ott pedig saját se sem s sok talán tehát tovább több ugyanis úgy új után vele viszont volna voltak',
  },
  irish: {
    stemmer: 'irish',
    elided: 'b d h m n t',
    stopWords:
      'a ach ag agus an aon ar arna as ba beirt bhúr caoga cad cé chun ci cuig d dá de deich den do don dtí é faoi faoin fé fhir gach gan go gur i ' +
      'iad idir in ina ins is le leis linn lom m mar mé mo muid na nach naoi ná ní níor nó nócha ocht ó os roimh sa seacht sé seo sí sibh sin sinn ' +
      'siad sna sula tá tar thar thú trí trína tú um',
  },
  italian: {
    stemmer: 'italian',
    elided: 'c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d quest quell',
    stopWords:
      'ad al allo ai agli all agl alla alle con col coi da dal dallo dai dagli dalla dalle di del dello dei degli della delle in nel nello nei negli ' +
      'nella nelle su sul sullo sui sugli sulla sulle per tra contro io tu lui lei noi voi loro mio mia miei mie tuo tua tuoi tue suo sua suoi sue ' +
      'nostro nostra nostri nostre vostro vostra vostri vostre mi ti ci vi lo la li le gli ne il un uno una ma ed se perché anche come dov dove che ' +
      'chi cui non più quale quanto quanti quanta quante quello quelli quella quelle questo questi questa queste si tutto tutti a c e i l o ho hai ' +
      'ha abbiamo avete hanno sia siano era erano sono sei è siamo siete fu stato stata stati state essere avere',
  },
  norwegian: {
    stemmer: 'norwegian',
    stopWords:
      'og i jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om vi min mitt ha hadde hun nå over da ved fra du ut ' +
      'sin dem oss opp man kan hans hvor eller hva skal selv sjøl her alle vil bli ble blitt kunne inn når være kom noen noe ville dere deres kun ja ' +
      'etter ned skulle denne for deg si sine sitt mot å meget hvorfor dette disse uten hvordan ingen din ditt blir samme hvilken hvilke sånn inni ' +
      'mellom vår hver hvem vors hvis både bare enn fordi før mange også slik vært båe begge siden eg ikkje dei ein eit eitt og dykk',
  },
  portuguese: {
    stemmer: 'portuguese',
    stopWords:
      'de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito nos já eu também só pelo ' +
      'pela até isso ela entre depois sem mesmo aos seus quem nas me esse eles você essa num nem suas meu às minha numa pelos elas qual nós lhe ' +
      'deles essas esses pelas este dele tu te vocês vos lhes meus minhas teu tua teus tuas nosso nossa nossos nossas dela delas esta estes estas ' +
      'aquele aquela aqueles aquelas isto aquilo estou está estamos estão é são era eram foi fomos foram ser sou somos tem têm tinha havia há',
  },
  romanian: {
    stemmer: 'romanian',
    elided: 'l n s m v d într printr dintr c',
    stopWords:
      'a acea aceasta această acei aceia acel acela acele acelea acest acesta aceste acestea aceşti acum ai aia aici al ale am ar are aş asta astăzi ' +
      'asupra aş aţi au avea ca că când care ce cea cei cel cele cine cu cum da dacă dar de deci deşi din doar după ea ei el ele era este eu fi fie ' +
      'fără fost iar îi îl îmi în încât într la le li lor lui mă mai mea mei mele meu mi mult ne nici nişte noi nostru nu o ori pe pentru peste prin ' +
      'sa să sau se spre sub sunt şi ta te ţi tot tu un una unde unei unor unui vă voi vor',
  },
  russian: {
    stemmer: 'russian',
    stopWords:
      'и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще нет о из ему теперь когда ' +
      'даже ну ли если уже или ни быть был него до вас нибудь опять уж вам ведь там потом себя ничего ей может они тут где есть надо ней для мы тебя ' +
      'их чем была сам чтоб без будто чего раз тоже себе под будет ж тогда кто этот того потому этого какой ним здесь этом один почти мой тем чтобы ' +
      'нее были куда зачем всех при об хоть над больше тот через эти нас про всего них какая много три эту моя свою этой перед чуть том такой им более всю между',
  },
  slovene: {
    stemmer: 'slovene',
    stopWords:
      'a ali bi bil bila bile bili bilo biti bo bodo bom brez če da do ga in iz ja jaz je ji jih jim jo k kaj kako kam kar katera kateri katero kdaj ' +
      'kdo ker ki kje ko koliko kot ko le lahko ma me med mene mi moj moja moje mu na nad naj nam nas naš ne nek nekaj ni nič nisem niso no o ob od on ' +
      'ona oni pa po pod pri proti s saj sam samo se sebe si so sem smo ste svoj ta tako tam te tega tem ter ti tisti to tudi tukaj tvoj v vam vas ' +
      'vaš ves vi vse z za zakaj ze zelo',
  },
  spanish: {
    stemmer: 'spanish',
    stopWords:
      'de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya o este sí porque esta entre cuando muy sin sobre ' +
      'también me hasta hay donde quien desde todo nos durante todos uno les ni contra otros ese eso ante ellos e esto mí antes algunos qué unos yo ' +
      'otro otras otra él tanto esa estos mucho quienes nada muchos cual poco ella estar estas algunas algo nosotros mi mis tú te ti tu tus ellas ' +
      'nosotras vosotros vosotras os mío mía míos mías tuyo tuya tuyos tuyas suyo suya suyos suyas nuestro nuestra nuestros nuestras vuestro vuestra ' +
      'vuestros vuestras esos esas estoy está estamos están estaba fue fueron ser es soy somos son era eran sea ha he han había habían tiene tienen',
  },
  swedish: {
    stemmer: 'swedish',
    stopWords:
      'och det att i en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu har inte hans honom skulle ' +
      'hennes där min man ej vid kunde något från ut när efter upp vi dem vara vad över än dig kan sina här ha mot alla under någon eller allt mycket ' +
      'sedan ju denna själv detta åt utan varit hur ingen mitt ni bli blev oss din dessa några deras blir mina samma vilken er sådan vår blivit dess ' +
      'inom mellan sådant varför varje vilka ditt vem vilket sitta sådana vart dina vars vårt våra ert era vilkas',
  },
  tamil: {
    stemmer: 'tamil',
    stopWords:
      'ஒரு என்று மற்றும் இந்த இது என்ற கொண்டு என்பது பல ஆகும் அல்லது அவர் நான் உள்ள அந்த இவர் என முதல் என்ன இருந்து சில என் போன்ற வேண்டும் வந்து இதன் அது அவன் தான் ' +
      'பலரும் என்னும் மேலும் பின்னர் கொண்ட இருக்கும் தனது உள்ளது போது என்றும் அதன் தன் பிறகு அவர்கள் வரை அவள் நீ ஆகிய இவை ஏன் எந்த எல்லாம் மட்டுமே இங்கே அங்கே',
  },
  turkish: {
    stemmer: 'turkish',
    endsAtApostrophe: true,
    locale: 'tr',
    stopWords:
      'acaba ama aslında az bazı belki biri birkaç birşey biz bir bu çok çünkü da daha de defa diye eğer en gibi hem hep hepsi her hiç için ile ise kez ' +
      'ki kim mı mi mu mü nasıl ne neden nerde nerede nereye niçin niye o olan olarak oldu olduğu on ona ondan onlar onu onun sanki siz şey şu tüm ve ' +
      'veya ya yani ben beni benim bana sen seni senin sana bize bizim size sizin var yok değil kadar sonra önce',
  },
} as const satisfies Readonly<Record<string, Language>>;

export type LanguageName = keyof typeof languages;
