"""The words people use for asking, by what they mean: "wissen", "vernietigen" and "supprimer" are one concept.

A line names a concept and lists its words as they stand in folded text. `*` stands for any ending, `_` joins the words
of a phrase, and `verb+particle` is a verb whose particle comes later in the sentence ("haal dat er weer af").
The rule kept: a concept is what a word means, never what a mail asks; the model weighs that.
"""

from __future__ import annotations

_WORDS = """
WISH wil wilde wou wens wensen wenst graag liefst verzoek verzoeken verzocht gelieve aub svp alstublieft
WISH alsjeblieft ajb would_like please pls want veuillez merci_de je_souhaite souhaite voudrais demande bitte
WISH mochte hiermee hierbij bij_deze sommeer eis eisen vorder verlang hoop moogt mag mogen kunt kun kunnen kan_je
WISH kunde zoudt zou zouden wilt can_you could_you verwacht verwachten ik_vraag vraag_ik vragen_wij request
WISH demand ask_you ersuche verlange
MUST moet moeten dient dienen hoeft hoef behoort must should doit muss sollen
ERASE wis wissen gewist wist verwijder* weghal* weggehaald vernietig* delet* schrap* geschrapt weggooi*
ERASE weggegooid wegdoen uitwis* uitveeg* uitgewist wegvegen wegvagen opdoek* vergeetrecht vergetelheid leegmak*
ERASE leeghal* leegvegen opruim* opgeruimd erase* remov* supprim* effac* losch* geloscht entfern* opkuis*
ERASE opgekuist kwijtspel* vegen veegt prullenbak versnipper* wegdoet verdwijn* verdwijnen weg eruit deraf eraf
ERASE eraf_halen deruit vergeten anonimis* forget forgotten uitgummen haal+weg haal+eruit haal+uit haal+af
ERASE gooi+weg doe+weg veeg+leeg veeg+weg ruim+op maak+leeg kuis+op smijt+weg wist+uit halt+weg
ERASE recht_op_vergetelheid artikel_17 art_17 nooit_bestaan nooit_geweest clear wipe fort_damit
CLOSE sluit sluiten gesloten afsluit* opheff* opgeheven opzeg* opgezegd deactiv* beeindig* stopzetten close
CLOSE cloturer fermer schliess* schliessen kundig* zeg+op hef+op zet+stop sluit+af doek+op stop+met
LEAVE geen_klant klant_af klant_meer weggaan vertrek overstap* concurrent vaarwel afscheid geen_lid uitstap*
LEAVE niet_meer_terug nooit_meer_bestel* klant_geweest leaving stoppen ermee_op niet_meer_gebruik* geen_gebruik
SEE inzage inzien inkijken inkijk zien bekijken lezen meelezen nalezen overzicht kopie copie kopij copy
SEE afschrift* uitdraai uittreksel opvrag* opsomm* lijst lijstje inzagerecht inzageverzoek kennisneming
SEE kennisname kennis_nemen print afdruk artikel_15 art_15 access acces auskunft kopieen transcript weergave
SEE weten bijgehouden te_weten benieuwd nieuwsgierig laten_weten vernemen opgave mededelen meedelen toezend*
SEE toestuur* bezorg* what_you_have copie_de einsehen ausdruck stuur+op stuur+door stuur+toe geef+door zoek+op
HOLD weet weten_jullie weet_u hebt hebben heeft bewaart bewaren bewaard bijhoud* bijgehouden opgeslagen opslaat
HOLD opslaan staat staan verzameld verzamelen genoteerd noteerde notities noteren geregistreerd verwerkt
HOLD verwerken verwerking opgeschreven vastgelegd houdt_bij hold held store stored detenez conservez gespeichert
HOLD speichern beschikt bezit bijeen
SOURCE vandaan waar_halen hoe_kom* aan_mijn aan_mij komt_u_aan kom_je gekregen bron herkomst afkomstig
SOURCE doorgespeeld van_wie where_did d_ou woher doorverkocht gekocht
TELL uitleg uitleggen verklaring verklaren toelicht* waarom hoezo reden motiver* explain erklar* expliqu*
CORRECT wijzig* gewijzigd aanpas* aangepast verander* corrig* correct* verbeter* rechtzet* rechtgezet
CORRECT recht_te_zetten rectif* herstel* vervang* bijwerk* bijgewerkt actualis* update updat* omzet* aanvul*
CORRECT aangevuld toevoeg* rechttrek* herschrijv* artikel_16 art_16 amend berichtig* ander* change chang* modifi*
CORRECT goedzet* goed_te_zetten juist_zetten pas+aan zet+recht zet+goed vul+aan werk+bij zet+om voeg+toe
CORRECT schrijf+bij zet+juist verander+in maak+van zet+erbij
WRONG fout foute foutief fouten verkeerd* onjuist* klopt_niet kloppen_niet klopt_niks typfout schrijffout
WRONG verouder* onvolledig* incorrect wrong falsch faux erronee achterhaald niet_juist mis mist moet_zijn met_een
WRONG met_een_d spelling gespeld schrijf_je schrijft_men
MOVED verhuisd verhuis* verhuizen nieuw_adres nieuwe_adres nieuw_nummer nieuw_mailadres getrouwd gescheiden
MOVED voortaan heet_nu heet_ik woon woont wonen adreswijziging meisjesnaam roepnaam achternaam voornaam
MOVED huisnummer geboortedatum postcode moved demenag* umgezogen
FREEZE bevries* bevroren invries* ingevroren blokk* geblokkeerd stilleg* stilgelegd on_hold hold pauz* opschort*
FREEZE opgeschort beperk* parkeer* geparkeerd ijskast koelkast vriezer diepvries vergrendel* vastzet* vastgezet
FREEZE bevriezing opzij_leggen restrict* limitation einschrank* artikel_18 art_18 afscherm* afgescherm* zet+vast
FREEZE zet+stil leg+stil zet+apart zet+opzij leg+apart vries+in stop+even quarantaine afblijven blijf+af kom+aan
FREEZE onaangeroerd ongemoeid onaangetast met_rust schorsen schorsing freeze frozen slot niets_mee niks_mee
FREEZE nergens_voor
LIFT hervat* deblok* ontdooi* ontgrendel* vrijgeven vrijgegeven vrijgeef opheffen opheffing opgeheven
LIFT weer_gebruik* terug_gebruik* opnieuw_gebruik* heractiveer* reactiv* unblock unfreeze lift lever_la aufheb*
LIFT weer_actief weer_aan terug_aan weer_normaal terug_normaal uit_de_koelkast uit_de_ijskast uit_de_vriezer
LIFT van_slot ontgrendeling slot+af hef+op zet+weer geef+vrij zet+terug laat+los niet_meer_nodig vervallen
LIFT afgelopen afgerond opgelost achter_de_rug weer_verder terug_verder doorgaan voor_mijn_part
MOVE overdra* overdraag* overgedragen dataportab* portab* exporteer* export csv xml json vcf machineleesbaar*
MOVE bestand bestandje bestanden overzet* overgezet overzetten meenemen meeneem* inladen inlezen importeer*
MOVE import migr* overheve* overgeheveld ubertrag* transfer* artikel_20 art_20 herbruikbaar* computerleesbaar*
MOVE download* overneem* overnemen zip format formaat leesbaar andere_winkel neem+mee zet+over draag+over laad+in
MOVE lees+in nieuwe_leverancier ander_programma eigen_systeem spreadsheet excel
COMPANY concurrent leverancier firma bedrijf winkel webshop andere_partij nieuwe_partij collega-bedrijf
STOP stop stoppen stopt staak staken ophoud* ophouden opgehouden niet_meer niet_langer geen_meer nooit_meer
STOP afgelopen genoeg uitschei* kappen uitschrijv* uitgeschreven afmeld* afgemeld uitzet* uitzetten unsubscribe
STOP opt-out desabonn* desinscri* abmeld* abbestell* schrijf+uit meld+af zet+uit hou+op schei+uit kap+mee houd+op
STOP zet+af haal+lijst bespaar verschoon* verschoond liever_niet beu zat moe spuugzat gek_van mailinglijst
STOP verzendlijst mailing_list laat+rust weg_van niet_bellen thuis_laten
ADS nieuwsbrie* newsletter reclame* folder* mailing* aanbieding* promo* promoties sms sms'en sms'jes smsjes
ADS catalog* boekje boekske* reclameboek* belletje* telemarket* telefoontjes spam kortingscode* actiemail*
ADS kortingsmail* publiciteit* pub advert* marketing commerc* bellen belt gebeld acties whatsapp* appjes
ADS pushbericht* meldingen werbung publicite mailtjes mails tips inspiratie* verjaardagsmail* uitnodiging* werbe*
ADS prospectus krantje flyers flyer post magazine weekmail dinsdagmail solden kortingen deals aanprijs*
TRACK volg* gevolgd tracking track* cookie* pixel* meet meten gemeten statistiek* analys* profil* profiler*
TRACK profiel klantprofiel segment* algoritm* doorgeven doorgeeft doorverkop* verkoop* verkopen delen deelt
TRACK gedeeld partners derden publicer* publicatie gepubliceerd personalis* gepersonaliseerd* gluren bespieden
TRACK begluren klikgedrag surfgedrag koopgedrag voorspel* inschat* verrijk* onderzoek facebook google meta
TRACK kredietbureau datahandelaar adverteerder* retargeting share shar* sell camera beelden opnemen opname
TRACK opnames
CONSENT toestemming* toestemm* toegestemd akkoord accoord instemm* ingestemd goedkeuring goedgekeurd goedvinden
CONSENT vinkje aangevinkt vink getekend handtekening ondertekend formulier ja_gezegd jawoord zegen consent
CONSENT einwillig* consentement accord permission agreed fiat groen_licht machtiging gaf gegeven
WITHDRAW intrek* ingetrokken trek_ik_in terugtrek* teruggetrokken herroep* terugkom* terugneem* teruggenomen
WITHDRAW withdraw* retire widerruf* trek+in trek+terug kom+terug neem+terug bedacht van_gedachten
WITHDRAW niet_meer_gelden revoke spijt bedenk* geldt_niet
OBJECT bezwaar bezwaren verzet verzetten verzette tegen artikel_21 art_21 niet_akkoord niet_mee_eens weiger
OBJECT object oppos* widersp* wil_niet_dat niet_gediend kant_mij ongewenst protest* teken+aan niet_van_gediend
OBJECT verbied tegenstander verbiedt
REFUSED geweiger* weiger* afgewez* afwijzing afgekeurd weigering geweigerd nee_gekregen refus* rejected declined
REFUSED abgelehnt uitgesloten krediet kredietscore score risico* risicoprofiel achteraf* gespreid* op_rekening
REFUSED afterpay limiet kredietlimiet
MACHINE computer* systeem automatisch* automatische geautomatiseerd* algoritm* robot* machine software bot
MACHINE programma kunstmatig* ai automat* zonder_menselijk* artikel_22 art_22
HUMAN mens mensen medewerker* iemand_van menselijk* herbekijk* herbeoordeel* herbeoordel* heroverweg* herzien
HUMAN herziening opnieuw_bekijk* opnieuw_laten vlees_en_bloed handmatig* human person mensch humain persoonlijk
HUMAN iemand_naar echte_mens levend nagekeken nakijken bekijk+opnieuw
DECISION beslissing beslist beslissingen besluit besluiten oordeel beoordeling beoordeeld beslist_door uitkomst
DECISION decision entscheidung
COMPLAIN klacht* beklag beklaag* klagen klaag ontevreden grief grieven misnoegd* ongenoegen verontwaardigd boos
COMPLAIN kwaad teleurgesteld complain* beschwer* plainte reclamation wraakroepend
SHAME schande schandalig* belachelijk* onaanvaardbaar* ongehoord onbegrijpelijk* beneden_alle_peil hoe_durv*
SHAME excuses verontschuldig* ongelofelijk* ongelooflijk* onbeschoft* onfatsoenlijk* walgelijk* griezelig* creepy
SHAME kan_niet kan_toch_niet respectloos* minne ongepast* misbruik* onprofessioneel* apolog* geen_manieren onkies
SHAME vertrouwen belofte beloofd
BREACH lek lekken gelekt lekt datalek* gehackt hack* hacker* inbraak ingebroken phishing oplichter* oplicht* cc
BREACH bcc zichtbaar andermans iemand_anders vreemde vreemden onbekende wildvreemd* gestolen kwijtgeraakt
BREACH verloren laptop usb* stick inlog* ingelogd wachtwoord op_straat openbaar breach leak* stolen
BREACH beveiligingslek kwetsbaar* url ontvangen_van andere_klant andere_klanten verkeerde_persoon verkeerd_adres
BREACH verkeerd_gestuurd anderen van_een_ander van_anderen buren fremde fuite datenpanne toegankelijk
BREACH zonder_wachtwoord rondslinger* papierbak meegelezen doorgestuurd ontvangers niet_voor_mij niet_van_mij
BREACH afluister* meekijken
CHILD kind kinderen zoon dochter zoontje dochtertje minderjarig* leerling* school schooltje kleinkind kleinzoon
CHILD kleindochter puber tiener* jongen meisje ons_juliette ouder ouders ouderlijk* moeder_van vader_van mama
CHILD papa voogd klas kleuter baby peuter child son daughter enfant fils fille tochter sohn mineur gezag jarige
CHILD bestaft lagere_school
DEAD overlijd* overleed overled* dood doodgegaan gestorven sterf* stierf wijlen nabestaande* erfgena* weduw*
DEAD begraf* begraven uitvaart crematie nalatenschap boedel erfenis ontslapen heengegaan niet_meer_onder
DEAD verloor_ik rouw* rouwkaart deceased passed_away death died dead decede* deces mort verstorben gestorben tod
DEAD notaris vereffenaar zaliger ontvallen
POLICY bewaartermijn* hoe_lang hoelang privacybeleid privacyverklaring privacystatement privacypolic* beleid
POLICY verwerker* verwerkersovereenkomst* subverwerker* functionaris dpo fg servers server certifica* iso
POLICY versleutel* encrypt* beveiligd beveiliging gdpr avg wettelijk in_het_algemeen grondslag policy datenschutz
POLICY rgpd dpa standaard rekencentrum cloud jullie_om hoe_gaan hoe_gaat audit
ORDER bestelling* besteld bestel bestellen pakket pakje levering geleverd leveren bezorg* retour* factuur
ORDER facturen betaling betaald betalen garantie offerte* korting montage winkel openingsuren openingstijden
ORDER product* artikel garantiebewijs monteur kapot stuk defect terugbetal* geld ruilen omruilen prijs prijzen
ORDER kleur maat stalen staal afspraak order delivery invoice refund rechnung facture commande lieferung
ORDER cadeaubon voorraad abonnement licentie sollicit* vacature bewijs spoed bon bonnetje
ONEOFF eenmalig deze_bestelling voor_deze dit_keer deze_levering op_de_factuur factuuradres afleveradres
ONEOFF leveradres bezorgadres
DATA gegevens data persoonsgegevens account accounts dossier fiche klantenfiche klantenkaart klantkaart
DATA klantenbestand klantnummer bestand systeem naam adres adressen mailadres e-mailadres emailadres
DATA telefoonnummer nummer gsm gsm-nummer informatie info steekkaart donnees daten konto compte records details
DATA profile inschrijving kaart kaartenbak administratie bestanden databank database boeken register tabel
DATA klantaccount login chats gesprekken gegevens_van
IMAGE foto foto's fotos filmpje video videos beeld beelden camerabeelden website site instagram recensie review
IMAGE getuigenis testimonial portret afbeelding interview quote referentie showroom etalage brochure
KEEP bewaar bewaren behoud* behouden laten_staan laat_staan niet_wissen houden blijven blijft bewijs
KEEP bewijsmateriaal rechtszaak rechtbank keep aufbewahr* conserver verzekering verzekeraar advocaat procedure
KEEP zaak
UNTIL tot totdat zolang voorlopig intussen ondertussen tijdelijk eventjes in_afwachting tot_nader until jusqu*
UNTIL bis zodra pending momenteel
NOT niet geen nooit niets niks nergens noch zonder not don't no never pas nicht kein keine ni nie nit gene nimmer
IF als indien tenzij mocht stel if wenn si voor_het_geval
ELSE anders zo_niet zoniet otherwise sinon sonst
PAST gevraagd gemaild verzocht gestuurd geschreven ingediend eerder vorige destijds indertijd vroeger
WAIT antwoord reactie gehoord herinner* nog_steeds nogmaals tweede_keer derde_keer maand maanden weken dagen
WAIT termijn wacht wachten reminder geantwoord gereageerd
THANKS bedankt dank opgelost laat_maar in_orde hoeft_niet niet_nodig fijn prima thanks merci hartelijk gelukt
ME ik mij mijn m'n me mezelf mijzelf wij ons onze i my je mes mon ma ich mein meine meiner
YOU u uw jullie je ge gij uwen uwe your you vous vos ihr ihre ihnen
THEM hij zij zijn haar hem hun ze his her son sa sein vrouw man moeder vader tante oom broer zus client mandant
THEM klant vriendin oma opa collega werknemer buurman buurvrouw schoonmoeder schoonvader
WHAT wat welke wie waar hoe which what who where how quelles quelle qui was welche wer wo
ALL alles alle allemaal helemaal volledig* compleet* all everything tout toutes alle_gegevens integraal heel
LOGIN inloggen inlog wachtwoord aanmelden login password geblokkeerd_account code 2fa
JOIN inschrijven aanmelden abonneren op_de_lijst opschrijven ontvangen krijgen subscribe
AUTHORITY politie parket recherche belastingdienst deurwaarder rechter gerecht fiscus beslag inspecteur officier
"""


def _tables() -> tuple[dict[str, set[str]], dict[str, set[str]], dict[tuple[str, str], str]]:
    whole: dict[str, set[str]] = {}
    begin: dict[str, set[str]] = {}
    split: dict[tuple[str, str], str] = {}
    for line in _WORDS.strip().splitlines():
        concept, *words = line.split()
        for word in words:
            if "+" in word:
                verb, particle = word.split("+")
                split[verb, particle] = concept
            elif word.endswith("*"):
                begin.setdefault(word[:-1], set()).add(concept)
            else:
                whole.setdefault(word, set()).add(concept)
    return whole, begin, split


WHOLE, BEGIN, SPLIT = _tables()
